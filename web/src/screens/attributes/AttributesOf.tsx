import { ActionIcon, Button } from '@mantine/core';
import { IconPencil } from '@tabler/icons-react';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { type Given, type PersonValue, setValue } from '../../../../server/attributes/contract.ts';
import type { Person } from '../../../../server/cards/contract.ts';
import { ApiError, call } from '../../api.ts';
import { longDate } from '../../format.ts';
import { t, told } from '../../i18n.ts';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { offerUndo } from '../../ui/undo.tsx';
import { Why } from '../../ui/Why.tsx';
import classes from './Attributes.module.css';
import { refreshAttributes, valuesQuery } from './queries.ts';
import { ValueInput } from './ValueInput.tsx';
import { wordsOf } from './words.ts';

/** What is known of a person by the dictionary: what is known first, and behind a button what is not. */
export function AttributesOf({ person }: { person: Pick<Person, 'id' | 'name'> }) {
  const { data } = useQuery(valuesQuery(person.id));
  const [all, showAll] = useState(false);
  if (!data || data.items.length === 0) return null;
  const known = data.items.filter(({ value }) => value !== null);
  const unknown = data.items.filter(({ value, writes }) => value === null && writes);
  const shown = all ? [...known, ...unknown] : known;
  return (
    <section aria-label={t('attributes.of')} className={classes.part}>
      <h2 className={classes.title}>{t('attributes.of')}</h2>
      {shown.length > 0 && (
        <ul className={classes.values}>
          {shown.map((one) => (
            <Line key={one.attribute.id} personId={person.id} known={one} />
          ))}
        </ul>
      )}
      {!all && unknown.length > 0 && (
        <Button className="no-print" variant="subtle" size="compact-md" onClick={() => showAll(true)}>
          {t('attributes.unknown', { count: unknown.length })}
        </Button>
      )}
    </section>
  );
}

function Line({ personId, known }: { personId: string; known: PersonValue }) {
  const { attribute, value, writes } = known;
  const [editing, edit] = useState(false);
  const { name } = attribute;
  return (
    <li>
      <span className={classes.quiet} title={attribute.meaning}>
        {name}
      </span>
      <span className={classes.value} dir="auto">
        {value === null ? '–' : wordsOf(attribute, value)} {value !== null && <WhyThis known={known} />}
      </span>
      {writes && (
        <ActionIcon className="no-print" aria-label={t('attributes.edit', { name })} onClick={() => edit(!editing)}>
          <IconPencil size={18} stroke={1.6} aria-hidden />
        </ActionIcon>
      )}
      {editing && <Editor personId={personId} known={known} onDone={() => edit(false)} />}
    </li>
  );
}

function WhyThis({ known: { attribute, reason, said } }: { known: PersonValue }) {
  return (
    <Why what={attribute.name}>
      <p>{t(`attributes.reason.${reason ?? 'only'}`)}</p>
      <ul className={classes.said}>
        {said.map((word) => (
          <li key={`${word.cardId} ${word.at} ${word.origin}`}>
            <strong dir="auto">{wordsOf(attribute, word.value)}</strong>
            <p className={classes.quiet}>{saidBy(word)}</p>
          </li>
        ))}
      </ul>
    </Why>
  );
}

/** Who said it, and when. */
function saidBy({ writtenBy, origin, memberName, at }: PersonValue['said'][number]): string {
  const day = longDate(at);
  if (writtenBy === 'member') return t('attributes.said.member', { name: memberName ?? '', day });
  if (writtenBy === 'program') return t('attributes.said.program', { day });
  return t(origin === 'form' ? 'attributes.said.form' : 'attributes.said.self_update', { day });
}

interface EditorProps {
  personId: string;
  known: PersonValue;
  onDone: () => void;
}

function Editor({ personId, known, onDone }: EditorProps) {
  const { attribute, said } = known;
  const mine = said.find((word) => word.mine)?.value ?? null;
  const [value, set] = useState<Given | null>(mine ?? known.value);
  const write = async (next: Given | null) => {
    await call(setValue, { personId, attributeId: attribute.id, value: next });
    await refreshAttributes();
  };
  const saving = useMutation({
    mutationFn: write,
    onSuccess: () => {
      onDone();
      offerUndo(t('attributes.written', { name: attribute.name }), () => write(mine));
    },
  });
  const refusal = saving.error instanceof ApiError ? saving.error.fields.value : undefined;
  return (
    <form
      className={classes.edit}
      onSubmit={(event) => {
        event.preventDefault();
        saving.mutate(value);
      }}
    >
      <ValueInput
        attribute={attribute}
        label={attribute.name}
        value={value}
        onChange={set}
        error={refusal && told(`attributes.refused.${refusal}`)}
      />
      <Button type="submit" loading={saving.isPending}>
        {t('shell.save')}
      </Button>
      {mine !== null && (
        <Button variant="default" onClick={() => saving.mutate(null)}>
          {t('attributes.takeBack')}
        </Button>
      )}
      {!refusal && <ErrorNotice error={saving.error} />}
    </form>
  );
}
