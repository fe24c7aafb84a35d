import { Button, Group, Modal } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import type { Recipient } from '../../../../server/campaigns/contract.ts';
import { settleDoubt } from '../../../../server/outreach/contract.ts';
import { call } from '../../api.ts';
import { longInstant } from '../../format.ts';
import { t } from '../../i18n.ts';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { Loading } from '../../ui/Loading.tsx';
import { TextLink } from '../../ui/links.tsx';
import { say, sayError } from '../../ui/undo.tsx';
import { answerWords } from '../outreach/words.ts';
import classes from './Campaigns.module.css';
import { recipientsQuery, refreshSending, type Which } from './queries.ts';
import { whyWords } from './words.ts';

interface PeopleProps {
  campaignId: string;
  which: Which;
  title: string;
  onClose: () => void;
}

/** Whom a number counts, as far as the viewer sees them. */
export function People({ campaignId, which, title, onClose }: PeopleProps) {
  const { data, error, isPending, fetchNextPage, hasNextPage, isFetchingNextPage } = useInfiniteQuery(
    recipientsQuery(campaignId, which),
  );
  const items = data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <Modal opened onClose={onClose} title={title} size="lg" closeButtonProps={{ 'aria-label': t('shell.close') }}>
      <ErrorNotice error={error} />
      {isPending && <Loading lines={4} />}
      {data && items.length === 0 && <p className={classes.quiet}>{t('campaigns.people.none')}</p>}
      <ul className={classes.people}>
        {items.map((one) => (
          <Person key={one.id} one={one} />
        ))}
      </ul>
      {hasNextPage && (
        <Button variant="default" loading={isFetchingNextPage} onClick={() => void fetchNextPage()}>
          {t('campaigns.people.more')}
        </Button>
      )}
      {data && items.length > 0 && <p className={classes.quiet}>{t('campaigns.people.seen')}</p>}
    </Modal>
  );
}

function Person({ one: { person, outcome, reasons, answer, messageId, at } }: { one: Recipient }) {
  const settle = async (arrived: boolean) => {
    try {
      await call(settleDoubt, { messageId: messageId!, arrived });
      say(t('mail.doubtSettled'));
    } catch (error) {
      sayError(error);
    }
    await refreshSending();
  };
  return (
    <li>
      <TextLink underline="always" to="/people/$personId" params={{ personId: person.id }}>
        {person.name || t('contacts.nameless')}
      </TextLink>
      {at && <span className={classes.quiet}> {longInstant(at)}</span>}
      {reasons.map((reason) => (
        <p key={reason} className={classes.quiet}>
          {whyWords(reason)}
        </p>
      ))}
      {answer !== null && <p className={classes.quiet}>{answerWords(answer)}</p>}
      {outcome === 'inDoubt' && messageId && (
        <Group gap="xs" mt={4}>
          <Button variant="default" size="compact-md" onClick={() => void settle(true)}>
            {t('mail.arrived')}
          </Button>
          <Button variant="default" size="compact-md" onClick={() => void settle(false)}>
            {t('mail.again')}
          </Button>
        </Group>
      )}
    </li>
  );
}
