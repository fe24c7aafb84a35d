import { Button, Group, Title } from '@mantine/core';
import { IconMail, IconNotebook, IconPhone } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { Person, PersonValue } from '../../../../server/cards/contract.ts';
import { t } from '../../i18n.ts';
import { Face } from '../../ui/Face.tsx';
import { ButtonLink } from '../../ui/links.tsx';
import { Why } from '../../ui/Why.tsx';
import { addressesOf, Compose } from '../outreach/Compose.tsx';
import { gateQuery } from '../outreach/queries.ts';
import { EditValue } from './EditValue.tsx';
import classes from './Person.module.css';
import { photoOf } from './queries.ts';
import { chosenOf, organizationBeside, wordOf } from './values.ts';
import { WhyValue } from './WhyValue.tsx';

interface PersonHeadProps {
  person: Person;
  /** 1 on its own page, 2 beside a list. */
  level: 1 | 2;
}

/** Who it is, and how to reach them at once. */
export function PersonHead({ person, level }: PersonHeadProps) {
  const title = chosenOf(person, 'title')[0]?.display;
  const organization = organizationBeside({
    name: person.name,
    organization: wordOf(chosenOf(person, 'organization')[0]?.value, 'name'),
  });
  const size = level === 1 ? 72 : 56;
  return (
    <header className={classes.head}>
      <Face
        id={person.id}
        name={person.name}
        photo={photoOf(person)}
        square={person.kind === 'organization'}
        size={size}
      />
      <div className={classes.identity}>
        <Name person={person} level={level} />
        {(title || organization) && (
          <p className={classes.role}>
            {title && organization ? t('contacts.titleAt', { title, organization }) : (title ?? organization)}
          </p>
        )}
        <Freshness person={person} />
        <Group gap="xs" mt={10} className="no-print">
          <Write person={person} />
          <Reach values={chosenOf(person, 'phone')} />
          <ButtonLink
            to="/note"
            search={{ person: person.id }}
            variant="light"
            size="sm"
            leftSection={<IconNotebook size={18} aria-hidden />}
          >
            {t('notes.add')}
          </ButtonLink>
        </Group>
      </div>
    </header>
  );
}

/** How likely what one needs to reach them is still right. */
function Freshness({ person: { freshness } }: { person: Person }) {
  if (freshness === null) return null;
  const score = t('contacts.freshness.score', { score: freshness });
  return (
    <p className={classes.freshness}>
      {score} <Why what={score}>{t('contacts.freshness.why')}</Why>
    </p>
  );
}

function Name({ person, level }: PersonHeadProps) {
  const [editing, setEditing] = useState(false);
  const value = chosenOf(person, 'name')[0];
  if (editing && value !== undefined)
    return <EditValue person={person} value={value} onDone={() => setEditing(false)} />;
  return (
    <div className={classes.name}>
      <Title order={level}>{person.name || t('contacts.nameless')}</Title>
      {value !== undefined && <WhyValue person={person} value={value} onEdit={() => setEditing(true)} />}
    </div>
  );
}

/** Writes from here where the company's mail is set up; otherwise with the reader's own mail program. */
function Write({ person }: { person: Person }) {
  const [writing, write] = useState(false);
  const contactPointId = addressesOf(person)[0]?.id ?? '';
  const gate = useQuery({
    ...gateQuery({ personId: person.id, contactPointId, purpose: 'service' }),
    enabled: contactPointId !== '',
  });
  if (!gate.data?.from) return <Reach values={chosenOf(person, 'email')} />;
  return (
    <>
      <Button variant="light" size="sm" leftSection={<IconMail size={18} aria-hidden />} onClick={() => write(true)}>
        {t('contacts.write')}
      </Button>
      {writing && <Compose person={person} onClose={() => write(false)} />}
    </>
  );
}

/** One button for the first address that can be reached, does not object and is not dead. */
function Reach({ values }: { values: PersonValue[] }) {
  const value = values.find(
    ({ kind, value: { e164 }, contactPoint }) =>
      (kind !== 'phone' || e164) && contactPoint?.consent !== 'objected' && contactPoint?.health !== 'dead',
  );
  if (value === undefined) return null;
  const isEmail = value.kind === 'email';
  const address = isEmail ? value.display : (wordOf(value.value, 'e164') ?? value.display);
  return (
    <Button
      component="a"
      href={`${isEmail ? 'mailto' : 'tel'}:${address}`}
      variant="light"
      size="sm"
      leftSection={isEmail ? <IconMail size={18} aria-hidden /> : <IconPhone size={18} aria-hidden />}
    >
      {t(isEmail ? 'contacts.write' : 'contacts.call')}
    </Button>
  );
}
