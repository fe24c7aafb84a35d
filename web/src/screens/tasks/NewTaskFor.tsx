import { Button } from '@mantine/core';
import { useState } from 'react';
import { t } from '../../i18n.ts';
import { TaskEditor } from './TaskEditor.tsx';

/** Writes down a task about a request for an introduction. */
export function NewTaskFor({ requestId }: { requestId: string }) {
  const [writing, write] = useState(false);
  return (
    <>
      <Button variant="subtle" size="compact-md" onClick={() => write(true)}>
        {t('tasks.newForRequest')}
      </Button>
      {writing && <TaskEditor requestId={requestId} onClose={() => write(false)} />}
    </>
  );
}
