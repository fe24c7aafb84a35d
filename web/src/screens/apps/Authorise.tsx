import { Alert, Button, Checkbox, Group, Loader, Stack } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useSearch } from '@tanstack/react-router';
import { type ReactNode, useEffect, useState } from 'react';
import { authorise, decline, getRequest } from '../../../../server/apps/contract.ts';
import type { Book } from '../../../../server/delegation/contract.ts';
import type { Output } from '../../../../server/kernel/contract.ts';
import { call } from '../../api.ts';
import { t } from '../../i18n.ts';
import { booksQuery, reading } from '../../queries.ts';
import { useMe } from '../../session.ts';
import { BlankChoice, BlankDate } from '../../ui/Blank.tsx';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { Door } from '../identity/Door.tsx';
import { dayAhead, type FieldGroup } from '../lending/draft.ts';
import { LeftOut } from '../lending/LeftOut.tsx';
import classes from './Authorise.module.css';

type Asked = Output<typeof getRequest>;

/** Where a program asks to be authorised: which of my contacts, what with them, without which details, until when. */
export function Authorise() {
  const { ask, request } = useSearch({ from: '/authorise' });
  useEffect(() => {
    if (ask !== undefined) location.replace(`/api/auth/oauth2/authorize?${ask}`);
  }, [ask]);
  if (ask !== undefined) return <Loader size="sm" role="status" aria-label={t('shell.loading')} m="xl" />;
  return request === undefined ? <Refused /> : <Question request={request} />;
}

function Refused(): ReactNode {
  return (
    <Door title={t('apps.refused')} lead={t('apps.refusedText')}>
      <Button component="a" href="/">
        {t('apps.home')}
      </Button>
    </Door>
  );
}

function Question({ request }: { request: string }) {
  const asked = useQuery({ ...reading(getRequest, { request }), retry: false, staleTime: Number.POSITIVE_INFINITY });
  const books = useQuery(booksQuery);
  if (asked.error)
    return (
      <Door title={t('apps.refused')}>
        <ErrorNotice error={asked.error} />
        <Button component="a" href="/" mt="md">
          {t('apps.home')}
        </Button>
      </Door>
    );
  if (!asked.data || !books.data) return <Loader size="sm" role="status" aria-label={t('shell.loading')} m="xl" />;
  return <Consent request={request} asked={asked.data} books={books.data.items.filter(({ mine }) => mine)} />;
}

/** The acts that a program's verbs stand for; what is reported needs reading. */
function actsOf(scopes: Asked['scopes']) {
  return [
    'read' as const,
    ...(scopes.includes('contacts:contact') ? ['contact' as const] : []),
    ...(scopes.includes('contacts:export') ? ['export' as const] : []),
  ];
}

/** What an assistant asks for besides the contacts; one by one it may be refused. */
const assisting = ['assistant:read', 'assistant:write'] as const;

/** One answer to a request: as the first is not done before its page is left, a second click waits for ever (`leaveFor`). */
const once = { id: 'authorise' };

/** Goes to another page, and is not done before that. */
function leaveFor(url: string): Promise<never> {
  location.assign(url);
  return new Promise(() => {});
}

function Consent({ request, asked, books }: { request: string; asked: Asked; books: Book[] }) {
  const me = useMe();
  const [bookIds, setBooks] = useState(asked.bookIds);
  const [acts, setActs] = useState<string[]>(actsOf(asked.scopes));
  const [allowed, setAllowed] = useState(asked.scopes);
  const [except, setExcept] = useState<FieldGroup[]>(['privateNumbers', 'privateAddresses', 'notes']);
  const [until, setUntil] = useState('');
  const accepting = useMutation({
    scope: once,
    mutationFn: async () => {
      const endsAt = until === '' ? null : new Date(`${until}T23:59:59`).toISOString();
      const chosen = actsOf(asked.scopes).filter((act) => acts.includes(act));
      const channels = chosen.includes('contact') ? (['email'] as const) : [];
      const lent = { bookIds, acts: chosen, except, endsAt, channels: [...channels], scopes: allowed };
      await leaveFor((await call(authorise, { request, ...lent })).url);
    },
  });
  const refusing = useMutation({
    scope: once,
    mutationFn: async () => leaveFor((await call(decline, { request })).url),
  });
  const { name, host, scopes, selfRegistered } = asked;
  return (
    <Door title={t('apps.asks', { name })} lead={t('apps.asksWhom', { member: me.name, workspace: me.workspace.name })}>
      <Stack>
        {selfRegistered && <Alert color="yellow">{t('apps.selfRegistered', { host })}</Alert>}
        <fieldset className={classes.part}>
          <legend>{t('apps.whichBooks')}</legend>
          {books.map((book) => (
            <Checkbox
              key={book.id}
              label={t('apps.book', { name: book.name, count: book.cards ?? 0 })}
              checked={bookIds.includes(book.id)}
              onChange={({ currentTarget: { checked } }) =>
                setBooks(checked ? [...bookIds, book.id] : bookIds.filter((id) => id !== book.id))
              }
            />
          ))}
        </fieldset>
        <fieldset className={classes.part}>
          <legend>{t('apps.whichActs')}</legend>
          {actsOf(scopes).map((act) => (
            <Checkbox
              key={act}
              label={t(`apps.act.${act}`)}
              checked={acts.includes(act)}
              disabled={act === 'read'}
              onChange={({ currentTarget: { checked } }) =>
                setActs(checked ? [...acts, act] : acts.filter((one) => one !== act))
              }
            />
          ))}
          {assisting
            .filter((scope) => scopes.includes(scope))
            .map((scope) => (
              <Checkbox
                key={scope}
                label={t(`apps.act.${scope}`)}
                checked={allowed.includes(scope)}
                onChange={({ currentTarget: { checked } }) =>
                  setAllowed(checked ? [...allowed, scope] : allowed.filter((one) => one !== scope))
                }
              />
            ))}
          {scopes.includes('facts:write') && <Checkbox checked disabled readOnly label={t('apps.act.report')} />}
        </fieldset>
        <LeftOut except={except} onChange={setExcept} />
        <p className={classes.until}>
          {t('apps.until')}{' '}
          <BlankChoice
            label={t('apps.until')}
            value={until === '' ? 'open' : 'day'}
            choices={[
              { value: 'open', label: t('lending.open.until') },
              { value: 'day', label: t('lending.day.until') },
            ]}
            onChange={(choice) => setUntil(choice === 'open' ? '' : dayAhead(183))}
          />
          {until !== '' && <BlankDate label={t('lending.blank.until')} value={until} onChange={setUntil} />}
        </p>
        <p className={classes.quiet}>{t('apps.promise', { host })}</p>
        <ErrorNotice error={accepting.error ?? refusing.error} />
        <Group justify="flex-end">
          <Button variant="default" loading={refusing.isPending} onClick={() => refusing.mutate()}>
            {t('apps.refuse')}
          </Button>
          <Button loading={accepting.isPending} disabled={bookIds.length === 0} onClick={() => accepting.mutate()}>
            {t('apps.allow')}
          </Button>
        </Group>
      </Stack>
    </Door>
  );
}
