import { Button } from '@mantine/core';
import { IconUsersPlus } from '@tabler/icons-react';
import { lazy, Suspense, useState } from 'react';
import { listPeople } from '../../../../server/cards/contract.ts';
import type { Input } from '../../../../server/kernel/contract.ts';
import { call } from '../../api.ts';
import { t } from '../../i18n.ts';
import { say } from '../../ui/undo.tsx';

const PutInGroup = lazy(() => import('./PutInGroup.tsx'));

/** So many contacts are added at once. */
const most = 1000;

type Filter = Omit<Input<typeof listPeople>, 'after' | 'limit' | 'sort'>;

/** Adds all that a list shows to a group. @param count how many these are; undefined: more than could be counted */
export function PutListInGroup({ filter, count }: { filter: Filter; count: number | undefined }) {
  const [open, setOpen] = useState(false);
  const tooMany = count === undefined || count > most;
  return (
    <>
      <Button
        data-compact
        variant="default"
        leftSection={<IconUsersPlus size={18} aria-hidden />}
        onClick={() => (tooMany ? say(t('groups.putInTooMany', { most })) : setOpen(true))}
      >
        {t('groups.putIn')}
      </Button>
      <Suspense>
        {open && !tooMany && (
          <PutInGroup
            title={t('groups.putInMany', { count })}
            find={() => findAll(filter)}
            onClose={() => setOpen(false)}
          />
        )}
      </Suspense>
    </>
  );
}

async function findAll(filter: Filter): Promise<string[]> {
  const ids: string[] = [];
  for (let after: string | null = ''; after !== null && ids.length < most; ) {
    const page: { items: { id: string }[]; next: string | null } = await call(listPeople, {
      ...filter,
      limit: 200,
      ...(after && { after }),
    });
    ids.push(...page.items.map(({ id }) => id));
    after = page.next;
  }
  return ids;
}
