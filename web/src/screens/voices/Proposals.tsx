import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import type { Output } from '../../../../server/kernel/contract.ts';
import { dismissProposal, listProposals, type Topic } from '../../../../server/voices/contract.ts';
import { call } from '../../api.ts';
import { t } from '../../i18n.ts';
import { refresh } from '../../queries.ts';
import { Section } from '../../ui/Section.tsx';
import { sayError } from '../../ui/undo.tsx';
import { proposalsQuery } from './queries.ts';
import { TopicForm } from './TopicForm.tsx';
import classes from './Voices.module.css';

type Proposal = Output<typeof listProposals>['items'][number];

const topicOf = ({ words }: Proposal): Topic => {
  const name = words[0]!.charAt(0).toUpperCase() + words[0]!.slice(1);
  return { id: crypto.randomUUID(), parentId: null, name: { fr: name, en: name }, aspect: null, words, ended: false };
};

/** What many speak of that fits no topic. */
export function Proposals({ admin }: { admin: boolean }) {
  const proposals = useQuery(proposalsQuery).data?.items ?? [];
  const [making, make] = useState<Topic>();
  if (proposals.length === 0) return null;
  const dismiss = async (word: string) => {
    try {
      await call(dismissProposal, { word });
      await refresh(listProposals);
    } catch (error) {
      sayError(error);
    }
  };
  return (
    <Section title={t('voices.proposals')} lead={t('voices.proposals.lead')}>
      <ul className={classes.proposals}>
        {proposals.map((proposal) => (
          <li key={proposal.words[0]}>
            <p>
              <strong>{proposal.words.join(', ')}</strong>{' '}
              <span className={classes.small}>{t('voices.proposal', { people: proposal.people })}</span>
            </p>
            <ul>
              {proposal.examples.map(({ conversationId, messageId, text }) => (
                <li key={messageId}>
                  <Link to="/conversations/$conversationId" params={{ conversationId }} dir="auto">
                    {text}
                  </Link>
                </li>
              ))}
            </ul>
            <div className={classes.acts}>
              {admin && (
                <Button variant="default" size="compact-md" onClick={() => make(topicOf(proposal))}>
                  {t('voices.proposal.accept')}
                </Button>
              )}
              <Button variant="subtle" size="compact-md" onClick={() => void dismiss(proposal.words[0]!)}>
                {t('voices.proposal.dismiss')}
              </Button>
            </div>
          </li>
        ))}
      </ul>
      {making && <TopicForm topic={making} onClose={() => make(undefined)} />}
    </Section>
  );
}
