import { Anchor } from '@mantine/core';
import { useState } from 'react';
import type { FieldKind, Person, PersonValue } from '../../../../server/cards/contract.ts';
import { ago } from '../../format.ts';
import { t } from '../../i18n.ts';
import { AddValue } from './AddValue.tsx';
import { EditValue } from './EditValue.tsx';
import classes from './Person.module.css';
import { chosenOf, displayOf, labelOf, linkOf, shownKinds, wordOf } from './values.ts';
import { WhyValue } from './WhyValue.tsx';

interface PersonValuesProps {
  person: Person;
  /** Say beside each value where it comes from: there is room for it on the full page. */
  withOrigin?: boolean;
}

/** What the reference says of a person, kind by kind, each value with its reason. */
export function PersonValues({ person, withOrigin = false }: PersonValuesProps) {
  const groups = shownKinds
    .map((kind) => ({ kind, values: chosenOf(person, kind) }))
    .filter(({ values }) => values.length > 0);
  const extra = chosenOf(person, 'extra');
  return (
    <section aria-label={t('contacts.details')} className={classes.values}>
      {groups.map(({ kind, values }) => (
        <Group key={kind} person={person} kind={kind} values={values} withOrigin={withOrigin} />
      ))}
      <AddValue person={person} />
      {extra.length > 0 && (
        <details className={classes.extra}>
          <summary>{t('contacts.extra', { count: extra.length })}</summary>
          <dl>
            {extra.map((value) => (
              <div key={value.provenance[0]?.cardId + value.display + String(value.value.name)}>
                <dt>{String(value.value.name)}</dt>
                <dd>{value.display}</dd>
              </div>
            ))}
          </dl>
        </details>
      )}
    </section>
  );
}

interface GroupProps {
  person: Person;
  kind: FieldKind;
  values: PersonValue[];
  withOrigin: boolean;
}

function Group({ person, kind, values, withOrigin }: GroupProps) {
  return (
    <div className={classes.group}>
      <div className={classes.kind} aria-hidden>
        {t(`contacts.kind.${kind}`)}
      </div>
      <ul className={classes.lines} aria-label={t(`contacts.kind.${kind}`)}>
        {values.map((value) => (
          <Value
            key={value.display + JSON.stringify(value.value)}
            person={person}
            value={value}
            withOrigin={withOrigin}
          />
        ))}
      </ul>
    </div>
  );
}

function Value({ person, value, withOrigin }: { person: Person; value: PersonValue; withOrigin: boolean }) {
  const [editing, setEditing] = useState(false);
  if (editing) {
    return (
      <li>
        <EditValue person={person} value={value} onDone={() => setEditing(false)} />
      </li>
    );
  }
  const link = linkOf(value);
  const label = labelOf(value);
  const text = displayOf(value);
  const outside = value.kind === 'url' ? { target: '_blank', rel: 'noreferrer noopener' } : {};
  return (
    <li className={classes.value}>
      <div className={classes.what}>
        <span className={value.kind === 'note' ? classes.note : classes.text}>
          {link === undefined ? (
            text
          ) : (
            <Anchor href={link} {...outside}>
              {text}
            </Anchor>
          )}
        </span>
        {label !== undefined && <span className={classes.label}>{label}</span>}
        {withOrigin && <Origin person={person} value={value} />}
        <Point value={value} />
      </div>
      <div className={classes.aside}>
        <WhyValue person={person} value={value} onEdit={() => setEditing(true)} />
      </div>
    </li>
  );
}

/** What is known of the address itself: an objection or failing deliveries must be seen before one writes. */
function Point({ value: { kind, value, contactPoint } }: { value: PersonValue }) {
  if (contactPoint === null) {
    const unreachable =
      kind === 'phone' ? 'contacts.phone.undialable' : kind === 'email' && 'contacts.email.unsendable';
    // A short number of a switchboard or a foreign one may well be right: a remark, not an error.
    return unreachable && !wordOf(value, kind === 'phone' ? 'e164' : 'normalised') ? (
      <span className={classes.mark} data-tone="doubt">
        {t(unreachable)}
      </span>
    ) : null;
  }
  const { consent, health } = contactPoint;
  return (
    <>
      {consent !== 'unknown' && (
        <span className={classes.mark} data-tone={consent === 'objected' ? 'loss' : 'good'}>
          {t(`contacts.consent.${consent}`)}
        </span>
      )}
      {(health === 'failing' || health === 'dead') && (
        <span className={classes.mark} data-tone="doubt">
          {t(`contacts.health.${health}`)}
        </span>
      )}
    </>
  );
}

function Origin({ person, value }: { person: Person; value: PersonValue }) {
  const first = value.provenance[0];
  const card = person.cards.find(({ id }) => id === first?.cardId);
  if (first === undefined) return null;
  const who = first.writtenBy === 'member' ? first.memberName : card?.source.name;
  return <span className={classes.origin}>{[who, ago(first.seenAt)].filter(Boolean).join(' · ')}</span>;
}
