import { Button, Group, Loader, NativeSelect, Stack, Textarea } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { answerLink, openLink } from '../../../../server/introductions/contract.ts';
import type { Output } from '../../../../server/kernel/contract.ts';
import { ApiError, call } from '../../api.ts';
import { t } from '../../i18n.ts';
import { reading } from '../../queries.ts';
import { tokenInFragment } from '../../session.ts';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { ButtonLink } from '../../ui/links.tsx';
import { useTitle } from '../../ui/Page.tsx';
import classes from './Introductions.module.css';

type Linked = Output<typeof openLink>;

/** The page of the link in a mail: for the holder, without signing in. Opening it answers nothing. */
export function AnswerLink() {
  const [token] = useState(() => tokenInFragment() ?? '');
  const { data, error } = useQuery({ ...reading(openLink, { token }), retry: false });
  useTitle(t('introductions.link.title'));
  const expired = error instanceof ApiError && error.code === 'link_expired';
  return (
    <main className={classes.door}>
      <h1>{t('introductions.link.title')}</h1>
      {!data && !error && <Loader size="sm" role="status" aria-label={t('shell.loading')} />}
      {expired ? <p>{t('introductions.link.expired')}</p> : <ErrorNotice error={error} />}
      {data && <Linked linked={data} token={token} />}
      <ButtonLink to="/introductions/asked" variant="subtle" mt="lg">
        {t('introductions.link.inApp')}
      </ButtonLink>
    </main>
  );
}

function Linked({ linked, token }: { linked: Linked; token: string }) {
  const [text, setText] = useState('');
  const [contactId, setContact] = useState(linked.contacts[0]?.id ?? '');
  const sending = useMutation({
    mutationFn: (choice: 'pass_on' | 'tell' | 'decline') =>
      call(answerLink, { token, choice, ...(contactId ? { contactId } : {}), ...(text ? { text } : {}) }),
  });
  if (sending.isSuccess)
    return <p role="status">{t(`introductions.link.${sending.variables === 'decline' ? 'declined' : 'done'}`)}</p>;
  const open = linked.state === 'waiting' || linked.state === 'introducing';
  return (
    <>
      <h2 className={classes.name}>{t('introductions.seeks', { who: linked.asker, sought: linked.sought })}</h2>
      <p className={classes.quiet}>
        {t('introductions.for', { purpose: t(`introductions.purpose.${linked.purpose}`) })}
      </p>
      <blockquote className={classes.said}>{linked.message}</blockquote>
      {!open && <p>{t('introductions.link.over')}</p>}
      {open && (
        <Stack gap="sm">
          {linked.contacts.length > 0 && (
            <NativeSelect
              label={t('introductions.which')}
              value={contactId}
              data={linked.contacts.map(({ id, name }) => ({ value: id, label: name || t('contacts.nameless') }))}
              onChange={(event) => setContact(event.currentTarget.value)}
            />
          )}
          <Textarea
            label={t('introductions.text', { who: linked.asker })}
            autosize
            minRows={2}
            value={text}
            onChange={(event) => setText(event.currentTarget.value)}
          />
          <ErrorNotice error={sending.error} />
          <Group gap="xs">
            <Button disabled={text.trim() === ''} onClick={() => sending.mutate('tell')}>
              {t('introductions.done.tell')}
            </Button>
            {linked.contacts.length > 0 && (
              <Button variant="default" onClick={() => sending.mutate('pass_on')}>
                {t('introductions.done.pass_on')}
              </Button>
            )}
            <Button variant="subtle" onClick={() => sending.mutate('decline')}>
              {t('introductions.choose.decline')}
            </Button>
          </Group>
          <p className={classes.quiet}>{t('introductions.link.lead')}</p>
        </Stack>
      )}
    </>
  );
}
