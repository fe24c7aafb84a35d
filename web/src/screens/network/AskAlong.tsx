import { Button, Modal, Stack, Text, Textarea } from '@mantine/core';
import type { FoundPath } from '../../../../server/relations/paths-contract.ts';
import { t } from '../../i18n.ts';
import { useMe } from '../../session.ts';
import { say } from '../../ui/undo.tsx';
import AskForm from '../introductions/AskForm.tsx';
import { nameOf } from './words.ts';

/** What is asked of the first on a path, ready to be changed: who comes after them, and whom one looks for. */
function firstWords(path: FoundPath): string {
  const [, asked, next] = path.places;
  const target = path.places.at(-1)!;
  const own = path.askByCard === null;
  const through = path.places.slice(own ? 2 : 3, -1).map(nameOf);
  return t(through.length > 0 || (!own && next !== target) ? 'network.ask.through' : 'network.ask.direct', {
    asked: nameOf(asked!),
    next: nameOf((own ? path.places[2] : next) ?? target),
    target: nameOf(target),
    own: String(own),
  });
}

/** Asks the colleague on a path for an introduction; to a contact of one's own one writes oneself. */
export function AskAlong({ path, onClose }: { path: FoundPath; onClose: () => void }) {
  const [, asked] = path.places;
  return path.askByCard ? (
    <AskForm
      sought={nameOf(path.places.at(-1)!).slice(0, 200)}
      kind="person"
      asked={{ cardId: path.askByCard, name: nameOf(asked!), message: firstWords(path) }}
      onClose={onClose}
    />
  ) : (
    <WriteContact path={path} onClose={onClose} />
  );
}

function WriteContact({ path, onClose }: { path: FoundPath; onClose: () => void }) {
  const me = useMe();
  const [, asked] = path.places;
  const text = `${firstWords(path)}\n\n${me.name}`;
  return (
    <Modal
      opened
      onClose={onClose}
      title={t('network.ask.title', { who: nameOf(asked!) })}
      closeButtonProps={{ 'aria-label': t('shell.close') }}
    >
      <Stack gap="sm">
        <Text>{t('network.ask.yourself', { who: nameOf(asked!) })}</Text>
        <Textarea aria-label={t('network.ask.message')} readOnly autosize minRows={4} value={text} />
        <Button
          onClick={() => {
            void navigator.clipboard?.writeText(text).then(() => say(t('network.ask.copied')));
            onClose();
          }}
        >
          {t('introductions.copy')}
        </Button>
      </Stack>
    </Modal>
  );
}
