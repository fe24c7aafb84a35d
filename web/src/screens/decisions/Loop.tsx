import { Button, Group, SegmentedControl } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import type { FullCase } from '../../../../server/decisions/contract.ts';
import type { Raised } from '../../../../server/decisions/loop-contract.ts';
import { t } from '../../i18n.ts';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { Loading } from '../../ui/Loading.tsx';
import { Section } from '../../ui/Section.tsx';
import { ChannelIcon } from '../conversations/ChannelIcon.tsx';
import { shortTime } from '../conversations/words.ts';
import { toneName } from '../voices/words.ts';
import { AnswerDialog } from './AnswerDialog.tsx';
import classes from './Decisions.module.css';
import { raisedQuery } from './queries.ts';
import { ReasonDialog } from './ReasonDialog.tsx';
import { answerWords } from './words.ts';

/** All who raised the point: who has had their answer, who has not, and what they said to it. */
export function Loop({ of }: { of: FullCase }) {
  const [which, show] = useState<'unanswered' | 'answered'>(of.unanswered > 0 ? 'unanswered' : 'answered');
  const [writing, write] = useState<Raised[]>();
  const [refusing, refuse] = useState<Raised>();
  const list = useInfiniteQuery(raisedQuery(of.id, which));
  const rows = list.data?.pages.flatMap(({ items }) => items) ?? [];
  const { negative, neutral, positive } = of.reactions;
  return (
    <Section
      title={t('decisions.loop')}
      lead={t('decisions.loop.lead')}
      actions={
        which === 'unanswered' &&
        rows.length > 0 && (
          <Button onClick={() => write(rows.slice(0, 100))}>
            {t('decisions.loop.answerAll', { count: Math.min(100, rows.length) })}
          </Button>
        )
      }
    >
      {negative + neutral + positive > 0 && <p>{t('decisions.loop.reactions', { negative, neutral, positive })}</p>}
      <SegmentedControl
        mb="xs"
        aria-label={t('decisions.loop.which')}
        value={which}
        data={[
          { value: 'unanswered', label: t('decisions.loop.unanswered') },
          { value: 'answered', label: t('decisions.loop.answered') },
        ]}
        onChange={(value) => show(value as typeof which)}
      />
      <ErrorNotice error={list.error} onRetry={() => void list.refetch()} />
      {list.isPending && <Loading lines={4} />}
      {list.data && rows.length === 0 && <p className={classes.small}>{t(`decisions.loop.none.${which}`)}</p>}
      <ul className={classes.people}>
        {rows.map((one) => (
          <RaisedItem key={one.key} one={one} onWrite={() => write([one])} onRefuse={() => refuse(one)} />
        ))}
      </ul>
      {list.hasNextPage && (
        <Button variant="subtle" loading={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
          {t('decisions.more')}
        </Button>
      )}
      {writing && <AnswerDialog caseId={of.id} people={writing} onClose={() => write(undefined)} />}
      {refusing && <ReasonDialog caseId={of.id} one={refusing} onClose={() => refuse(undefined)} />}
    </Section>
  );
}

function RaisedItem({ one, onWrite, onRefuse }: { one: Raised; onWrite: () => void; onRefuse: () => void }) {
  const { person, name, account, channel, at, text, colleague, because, answer, answered, reactions } = one;
  const called = name || t('conversations.visitor');
  return (
    <li>
      <span className={classes.who}>
        {channel && <ChannelIcon kind={channel.kind} />}
        {person ? (
          <Link to="/people/$personId" params={{ personId: person.id }}>
            {called}
          </Link>
        ) : (
          <strong>{called}</strong>
        )}
        {account && <span className={classes.small}>{account}</span>}
        <time dateTime={at}>{shortTime(at)}</time>
      </span>
      <span dir="auto" className={classes.said}>
        {text}
      </span>
      {colleague && !answer && (
        <p className={classes.small}>{t(`decisions.loop.${because ?? 'tie'}`, { name: colleague.name })}</p>
      )}
      {answer && <p className={classes.small}>{answerWords(answer)}</p>}
      {reactions.map((reaction) => (
        <p key={reaction.messageId} className={classes.reaction}>
          <Link to="/conversations/$conversationId" params={{ conversationId: reaction.conversationId }}>
            {reaction.text}
          </Link>{' '}
          <span className={classes.small}>{toneName(reaction.tone)}</span>
        </p>
      ))}
      {!answered && (
        <Group gap={4}>
          <Button
            variant="subtle"
            size="compact-sm"
            aria-label={t('decisions.loop.answerOf', { name: called })}
            onClick={onWrite}
          >
            {t('decisions.loop.answer')}
          </Button>
          <Button
            variant="subtle"
            size="compact-sm"
            color="gray"
            aria-label={t('decisions.loop.notOf', { name: called })}
            onClick={onRefuse}
          >
            {t('decisions.loop.not')}
          </Button>
        </Group>
      )}
    </li>
  );
}
