import { Button } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { type FullCase, type Quote, setConsent } from '../../../../server/decisions/contract.ts';
import { call } from '../../api.ts';
import { t } from '../../i18n.ts';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { Loading } from '../../ui/Loading.tsx';
import { Section } from '../../ui/Section.tsx';
import { offerUndo, sayError } from '../../ui/undo.tsx';
import { ChannelIcon } from '../conversations/ChannelIcon.tsx';
import { shortTime } from '../conversations/words.ts';
import classes from './Decisions.module.css';
import { quotesQuery, refreshCases } from './queries.ts';

async function note(caseId: string, { voiceId, byName }: Quote): Promise<void> {
  const set = async (agreed: boolean) => {
    await call(setConsent, { caseId, voiceId, agreed });
    await refreshCases();
  };
  try {
    await set(!byName);
    offerUndo(t(byName ? 'decisions.quote.withdrawn' : 'decisions.quote.agreed'), () => set(byName));
  } catch (error) {
    sayError(error);
  }
}

/** What was said, by whom, and whether they may be named. */
export function Quotes({ of }: { of: FullCase }) {
  const list = useInfiniteQuery(quotesQuery(of.id));
  const rows = list.data?.pages.flatMap(({ items }) => items) ?? [];
  return (
    <Section title={t('decisions.quotes')} lead={t('decisions.quotes.lead')}>
      <ErrorNotice error={list.error} onRetry={() => void list.refetch()} />
      {list.isPending && <Loading lines={4} />}
      <ul className={classes.quotes}>
        {rows.map((quote) => (
          <li key={quote.voiceId}>
            <span className={classes.who}>
              {quote.channel && <ChannelIcon kind={quote.channel.kind} />}
              {quote.person ? (
                <Link to="/people/$personId" params={{ personId: quote.person.id }}>
                  {quote.person.name}
                </Link>
              ) : (
                <strong>{quote.name || t('conversations.visitor')}</strong>
              )}
              {quote.account && <span className={classes.small}>{quote.account}</span>}
              <time dateTime={quote.at}>{shortTime(quote.at)}</time>
            </span>
            {quote.conversationId ? (
              <Link
                to="/conversations/$conversationId"
                params={{ conversationId: quote.conversationId }}
                dir="auto"
                className={classes.said}
              >
                {quote.text}
              </Link>
            ) : (
              <span dir="auto" className={classes.said}>
                {quote.text}
              </span>
            )}
            {quote.conversationId && (
              <Button
                variant="subtle"
                size="compact-sm"
                color="gray"
                aria-pressed={quote.byName}
                onClick={() => void note(of.id, quote)}
              >
                {t(quote.byName ? 'decisions.quote.byName' : 'decisions.quote.nameless')}
              </Button>
            )}
          </li>
        ))}
      </ul>
      {list.hasNextPage && (
        <Button variant="subtle" loading={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
          {t('conversations.earlier')}
        </Button>
      )}
    </Section>
  );
}
