import { Button } from '@mantine/core';
import { IconPlus } from '@tabler/icons-react';
import { useQueries, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { Person } from '../../../../server/cards/contract.ts';
import type { Opportunity, Stage } from '../../../../server/opportunities/contract.ts';
import { t } from '../../i18n.ts';
import { TextLink } from '../../ui/links.tsx';
import classes from './OpportunitiesOf.module.css';
import { OpportunityEditor } from './OpportunityEditor.tsx';
import { opportunitiesOfQuery, stagesQuery } from './queries.ts';
import { isLate, nameOfStage, whenOf, worthOf } from './words.ts';

/** The opportunities in which a person or organisation has a part, as far as I may see them: the open ones first. */
export function OpportunitiesOf({ person }: { person: Pick<Person, 'id' | 'kind' | 'name'> }) {
  const stages = useQuery(stagesQuery).data?.items ?? [];
  const [writing, write] = useState(false);
  const lists = useQueries({
    queries: (['open', 'won', 'lost'] as const).map((state) => opportunitiesOfQuery(person.id, state)),
  });
  const items = lists.flatMap(({ data }) => data?.items ?? []);
  return (
    <section aria-label={t('opportunities.ofPerson')} className={classes.part}>
      <div className={classes.head}>
        <h2 className={classes.title}>{t('opportunities.ofPerson')}</h2>
        <Button
          className="no-print"
          variant="subtle"
          size="compact-md"
          leftSection={<IconPlus size={16} aria-hidden />}
          onClick={() => write(true)}
        >
          {t('opportunities.ofPerson.new')}
        </Button>
      </div>
      <ul className={classes.list}>
        {items.map((one) => (
          <Line key={one.id} one={one} stages={stages} />
        ))}
      </ul>
      {writing && <OpportunityEditor about={person} onClose={() => write(false)} />}
    </section>
  );
}

function Line({ one, stages }: { one: Opportunity; stages: Stage[] }) {
  const facts = [one.outcome === null ? nameOfStage(stages, one.stageId) : '', worthOf(one)].filter(Boolean);
  return (
    <li>
      <TextLink to="/opportunities/$opportunityId" params={{ opportunityId: one.id }} fw={600}>
        {one.name}
      </TextLink>
      <span className={classes.quiet}>
        {facts.join(' · ')}
        {facts.length > 0 && whenOf(one) !== '' && ' · '}
        <span className={isLate(one) ? classes.late : undefined}>{whenOf(one)}</span>
      </span>
    </li>
  );
}
