import { Anchor, Button, CopyButton, Group, Loader } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { Ask, Letter } from '../../../../server/introductions/contract.ts';
import { t } from '../../i18n.ts';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { answer, decline } from './answer.ts';
import classes from './Introductions.module.css';
import { lettersQuery } from './queries.ts';

/** The two messages of an introduction, which the holder sends with their own hand. */
export function Introducing({ ask }: { ask: Ask }) {
  const { data, error } = useQuery(lettersQuery(ask.id, ask.contactId ?? ask.contacts[0]!.id));
  const who = ask.asker.name;
  return (
    <div>
      <ErrorNotice error={error} />
      {!data && !error && <Loader size="sm" role="status" aria-label={t('shell.loading')} />}
      {data && (
        <>
          <LetterStep title={t('introductions.first')} letter={data.mayI} />
          <LetterStep title={t('introductions.second')} letter={data.toBoth} />
          <Group mt="md" gap="xs">
            <Button onClick={() => void answer(ask, 'introduced', {}, t('introductions.answered', { who }))}>
              {t('introductions.confirm')}
            </Button>
            <Button variant="default" onClick={() => void decline(ask)}>
              {t('introductions.refused')}
            </Button>
            <Button
              variant="subtle"
              onClick={() => void answer(ask, 'reconsider', {}, t('introductions.reconsidered'))}
            >
              {t('introductions.notNow')}
            </Button>
          </Group>
        </>
      )}
    </div>
  );
}

function LetterStep({ title, letter }: { title: string; letter: Letter }) {
  return (
    <section aria-label={title} className={classes.step}>
      <h3 className={classes.name}>{title}</h3>
      <div className={classes.letter}>
        <strong>{letter.subject}</strong>
        {'\n\n'}
        {letter.body}
      </div>
      {letter.to.length === 0 && <p className={classes.quiet}>{t('introductions.noAddress')}</p>}
      <Group gap="xs">
        {letter.to.length > 0 && (
          <Anchor href={mailto(letter)} underline="always">
            {t('introductions.mail')}
          </Anchor>
        )}
        <CopyButton value={`${letter.subject}\n\n${letter.body}`}>
          {({ copied, copy }) => (
            <Button variant="subtle" size="compact-md" onClick={copy}>
              {t(copied ? 'shell.copied' : 'introductions.copy')}
            </Button>
          )}
        </CopyButton>
      </Group>
    </section>
  );
}

/** RFC 6068: line ends are CRLF, everything is percent-encoded. */
function mailto({ to, cc, subject, body }: Letter): string {
  const encode = (text: string) => encodeURIComponent(text.replaceAll('\n', '\r\n'));
  const fields = [
    ...(cc.length > 0 ? [`cc=${cc.map(encode).join(',')}`] : []),
    `subject=${encode(subject)}`,
    `body=${encode(body)}`,
  ];
  return `mailto:${to.map(encode).join(',')}?${fields.join('&')}`;
}
