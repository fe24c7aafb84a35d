import { Button, Group, Text } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { t } from '../i18n.ts';
import { messageOf } from './ErrorNotice.tsx';

const plain = () => ({
  withBorder: true,
  radius: 'md',
  color: 'teal',
  closeButtonProps: { 'aria-label': t('shell.close') },
});

/** One step back at a time: taking back an older one would undo what came after it too. */
let offered: string | undefined;

/** Says that something was done, and offers to take it back for 12 seconds. */
export function offerUndo(message: string, undo: () => Promise<unknown>): void {
  if (offered !== undefined) notifications.hide(offered);
  const id = crypto.randomUUID();
  offered = id;
  const takeBack = async () => {
    notifications.hide(id);
    try {
      await undo();
      say(t('shell.undone'));
    } catch (error) {
      sayError(error);
    }
  };
  notifications.show({
    ...plain(),
    id,
    autoClose: 12_000,
    message: (
      <Group justify="space-between" wrap="nowrap" gap="md">
        <Text>{message}</Text>
        <Button variant="light" size="compact-md" onClick={takeBack} style={{ flex: 'none' }}>
          {t('shell.undo')}
        </Button>
      </Group>
    ),
  });
}

/** A short word that something is done. */
export function say(message: string): void {
  notifications.show({ ...plain(), message, autoClose: 4000 });
}

export const sayError = (error: unknown): void => sayProblem(messageOf(error));

/** That something could not be done, and why. */
export function sayProblem(message: string): void {
  notifications.show({ ...plain(), color: 'red', title: t('shell.errorTitle'), message, autoClose: 12_000 });
}
