import { Button, Group, Modal } from '@mantine/core';
import { t } from '../i18n.ts';
import { say, sayError } from './undo.tsx';

interface RemoveDialogProps {
  title: string;
  /** What goes with it, and what stays. */
  text: string;
  /** The word on the button. */
  action: string;
  /** That it is done. */
  done: string;
  remove: () => Promise<unknown>;
  onClose: () => void;
}

/** Asks once more before something goes that cannot be taken back. It closes when that is done; where it fails, it says so and stays. */
export function RemoveDialog({ title, text, action, done, remove, onClose }: RemoveDialogProps) {
  const go = async () => {
    try {
      await remove();
      onClose();
      say(done);
    } catch (error) {
      sayError(error);
    }
  };
  return (
    <Modal opened onClose={onClose} title={title} closeButtonProps={{ 'aria-label': t('shell.close') }}>
      <p>{text}</p>
      <Group justify="flex-end">
        <Button color="red" onClick={() => void go()}>
          {action}
        </Button>
      </Group>
    </Modal>
  );
}
