import { ActionIcon } from '@mantine/core';
import { IconX } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import type { Person } from '../../../../server/cards/contract.ts';
import {
  listNear,
  listNearPeople,
  listSuggested,
  mostSubjects,
  type Near,
  noteNear,
} from '../../../../server/relations/paths-contract.ts';
import { call } from '../../api.ts';
import { t } from '../../i18n.ts';
import { reading, refresh } from '../../queries.ts';
import { Lines } from '../../ui/Lines.tsx';
import { TextLink } from '../../ui/links.tsx';
import { Section } from '../../ui/Section.tsx';
import { offerUndo, sayError } from '../../ui/undo.tsx';
import classes from './Network.module.css';

type Named = Pick<Person, 'id' | 'name'>;

async function note(subject: Named, near: Near, became: 'dismissed' | 'reopened' | 'taken'): Promise<void> {
  await call(noteNear, { personId: subject.id, nearId: near.person.id, reason: near.reason, became });
  if (became !== 'taken') await refresh(listNear, listNearPeople, listSuggested);
}

/** Why somebody is near, in one sentence. */
function reasonInWords({ reason, organization, through }: Near, subject: string): string {
  const names = new Intl.ListFormat(document.documentElement.lang, { type: 'conjunction' }).format(through.slice(0, 3));
  return t(`network.near.${reason}`, { subject, organization: organization ?? '', names });
}

function NearLine({ near, subject, withSubject }: { near: Near; subject: Named; withSubject: boolean }) {
  const name = near.person.name || t('contacts.nameless');
  const dismiss = async () => {
    try {
      await note(subject, near, 'dismissed');
      offerUndo(t('network.near.dismissed', { name }), () => note(subject, near, 'reopened'));
    } catch (error) {
      sayError(error);
    }
  };
  return (
    <li className={classes.row}>
      <div>
        <TextLink
          to="/people/$personId"
          params={{ personId: near.person.id }}
          onClick={() => void note(subject, near, 'taken').catch(() => {})}
        >
          {name}
        </TextLink>
        <span className={classes.quiet}>{reasonInWords(near, subject.name)}</span>
        {withSubject && (
          <span className={classes.quiet}>
            <TextLink to="/people/$personId" params={{ personId: subject.id }}>
              {t('network.near.because', { subject: subject.name })}
            </TextLink>
          </span>
        )}
      </div>
      <ActionIcon
        variant="subtle"
        color="gray"
        size="lg"
        aria-label={t('network.near.dismiss', { name })}
        title={t('network.near.dismiss', { name })}
        onClick={() => void dismiss()}
      >
        <IconX size={18} aria-hidden />
      </ActionIcon>
    </li>
  );
}

/** Contacts near a person that one would not have looked for. */
export function NearTo({ person }: { person: Named }) {
  const items = useQuery(reading(listNear, { personId: person.id })).data?.items ?? [];
  if (items.length === 0) return null;
  return (
    <section aria-label={t('network.near')} className={`${classes.part} no-print`}>
      <h2 className={classes.title}>{t('network.near')}</h2>
      <Lines>
        {items.map((near) => (
          <NearLine key={`${near.person.id} ${near.reason}`} near={near} subject={person} withSubject={false} />
        ))}
      </Lines>
    </section>
  );
}

/** Contacts near the people of an opportunity: the best of each first, nobody twice, none who has a part in it already. */
export function NearPeople({ people, lead }: { people: readonly Named[]; lead: string }) {
  const personIds = people.slice(0, mostSubjects).map(({ id }) => id);
  const found = useQuery({ ...reading(listNearPeople, { personIds }), enabled: personIds.length > 0 });
  const items = found.data?.items ?? [];
  if (items.length === 0) return null;
  return (
    <Section title={t('network.near')} lead={lead}>
      <Lines>
        {items.map(({ subject, ...near }) => (
          <NearLine
            key={`${near.person.id} ${near.reason}`}
            near={near}
            subject={people.find(({ id }) => id === subject.id) ?? subject}
            withSubject
          />
        ))}
      </Lines>
    </Section>
  );
}

/** The week's near contacts, by whom one was busy with. */
export function NearThisWeek() {
  const items = useQuery(reading(listSuggested, {})).data?.items ?? [];
  if (items.length === 0) return null;
  return (
    <Section title={t('network.near.week')} lead={t('network.near.weekLead')}>
      <Lines>
        {items.map(({ subject, ...near }) => (
          <NearLine key={`${near.person.id} ${near.reason}`} near={near} subject={subject} withSubject />
        ))}
      </Lines>
    </Section>
  );
}
