import { Button, Group, Textarea } from '@mantine/core';
import {
  IconAffiliate,
  IconAppWindow,
  IconArrowsJoin,
  IconBriefcase,
  IconChartBar,
  IconDoorEnter,
  IconEye,
  IconFileExport,
  IconGitMerge,
  IconMessage,
  IconMessageOff,
  IconNote,
  IconPencil,
  IconUserCheck,
  IconUsersGroup,
  IconWebhook,
} from '@tabler/icons-react';
import { useInfiniteQuery } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import { themself } from '../../../../server/cards/contract.ts';
import { type Happening, listHappenings, listUses, replyToHappening } from '../../../../server/home/contract.ts';
import { call } from '../../api.ts';
import { ago, longInstant } from '../../format.ts';
import { t } from '../../i18n.ts';
import { refresh } from '../../queries.ts';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { TextLink } from '../../ui/links.tsx';
import { Sentence } from '../../ui/Sentence.tsx';
import { useForm } from '../../ui/useForm.ts';
import classes from './Home.module.css';

const icons: Record<Happening['kind'], typeof IconEye> = {
  opened: IconEye,
  compared: IconGitMerge,
  decided: IconGitMerge,
  exported: IconFileExport,
  noted: IconNote,
  viewpoint: IconEye,
  tied: IconAffiliate,
  opportunity: IconBriefcase,
  grouped: IconUsersGroup,
  corrected: IconPencil,
  contacted: IconMessage,
  invited: IconMessage,
  introduced: IconArrowsJoin,
  passed_on: IconMessage,
  answered: IconMessage,
  objected: IconMessageOff,
  reported: IconAppWindow,
  self_updated: IconUserCheck,
  wrote: IconMessage,
  analysed: IconChartBar,
  attended: IconDoorEnter,
  sent_out: IconWebhook,
};

/** What a colleague did with contacts of mine, in a sentence; all of them, and a word to the colleague, on demand. */
export function HappeningLine({ happening }: { happening: Happening }) {
  const [open, setOpen] = useState(false);
  const [answering, answer] = useState(false);
  const Icon = icons[happening.kind];
  const byThemself = happening.user.id === themself;
  return (
    <li className={classes.line}>
      <Icon size={20} stroke={1.6} aria-hidden className={classes.icon} />
      <div className={classes.said}>
        <span>
          <Sentence
            of={byThemself && happening.kind === 'objected' ? 'home.did.forgotten' : `home.did.${happening.kind}`}
            values={{ count: happening.count }}
            blanks={{ who: <Who user={happening.user} />, contacts: <Contacts happening={happening} /> }}
          />
        </span>
        <span className={classes.quiet}>
          {t('home.where', { book: happening.book.name, when: ago(happening.at) })}
          <time dateTime={happening.at} className="unseen">
            {longInstant(happening.at)}
          </time>
        </span>
        {happening.replies.map((reply) => (
          <blockquote key={reply.id} className={classes.reply}>
            <span className={classes.quiet}>{reply.authorName}</span> {reply.text}
          </blockquote>
        ))}
        <Group gap={4}>
          {happening.count > happening.contacts.length && happening.kind !== 'analysed' && (
            <Button variant="subtle" size="compact-sm" aria-expanded={open} onClick={() => setOpen(!open)}>
              {t(open ? 'home.less' : 'home.all')}
            </Button>
          )}
          {happening.user.authorisedBy === null && !byThemself && (
            <Button variant="subtle" size="compact-sm" aria-expanded={answering} onClick={() => answer(!answering)}>
              {t('home.reply')}
            </Button>
          )}
        </Group>
        {open && <Uses happeningId={happening.id} />}
        {answering && <Reply happening={happening} onDone={() => answer(false)} />}
      </div>
    </li>
  );
}

/** A colleague, or an app with who authorised it. */
function Who({ user: { name, authorisedBy } }: Pick<Happening, 'user'>) {
  return (
    <>
      <strong>{name}</strong>
      {authorisedBy !== null && ` ${t('home.authorisedBy', { name: authorisedBy })}`}
    </>
  );
}

/** The last contacts by name, and how many more. */
function Contacts({ happening: { contacts, count } }: { happening: Happening }): ReactNode {
  const rest = Math.max(0, count - contacts.length);
  return (
    <>
      {contacts.map(({ id, name }, at) => (
        <span key={id}>
          {at > 0 && ', '}
          <TextLink underline="always" to="/people/$personId" params={{ personId: id }}>
            {name || t('contacts.nameless')}
          </TextLink>
        </span>
      ))}
      {rest > 0 && ` ${t('home.andMore', { count: rest })}`}
    </>
  );
}

function Uses({ happeningId }: { happeningId: string }) {
  const uses = useInfiniteQuery({
    queryKey: [listUses.name, happeningId],
    queryFn: ({ pageParam }) => call(listUses, { happeningId, ...(pageParam ? { after: pageParam } : {}) }),
    initialPageParam: '',
    getNextPageParam: ({ next }) => next,
  });
  return (
    <>
      <ErrorNotice error={uses.error} />
      <ul className={classes.uses}>
        {uses.data?.pages
          .flatMap(({ items }) => items)
          .map((use) => (
            <li key={use.id}>
              <TextLink underline="always" to="/people/$personId" params={{ personId: use.contact.id }} size="sm">
                {use.contact.name || t('contacts.nameless')}
              </TextLink>{' '}
              <time dateTime={use.at} className={classes.quiet}>
                {longInstant(use.at)}
              </time>
            </li>
          ))}
      </ul>
      {uses.hasNextPage && (
        <Button variant="subtle" size="compact-sm" onClick={() => void uses.fetchNextPage()}>
          {t('home.more')}
        </Button>
      )}
    </>
  );
}

/** One has just asked to write. */
const takesCursor = { autoFocus: true };

function Reply({ happening, onDone }: { happening: Happening; onDone: () => void }) {
  const form = useForm({ text: '' }, async ({ text }) => {
    await call(replyToHappening, { happeningId: happening.id, text });
    await refresh(listHappenings);
    onDone();
  });
  const label = t('home.replyTo', { name: happening.user.name });
  return (
    <form onSubmit={form.submit} noValidate>
      <Textarea
        aria-label={label}
        placeholder={t('home.replyExample')}
        autosize
        minRows={2}
        {...takesCursor}
        value={form.values.text}
        error={form.problem('text')}
        onChange={(event) => form.set('text', event.currentTarget.value)}
      />
      <ErrorNotice error={form.error} />
      <Button type="submit" size="compact-md" mt={6} loading={form.sending} disabled={form.values.text.trim() === ''}>
        {label}
      </Button>
    </form>
  );
}
