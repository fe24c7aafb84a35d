import { Button, Menu } from '@mantine/core';
import { IconArrowBackUp, IconPencil, IconPlus, IconTrash } from '@tabler/icons-react';
import { useState } from 'react';
import type { FieldInput } from '../../../../server/cards/contract.ts';
import type { HeldValue } from '../../../../server/self-update/contract.ts';
import { t } from '../../i18n.ts';
import { useForm } from '../../ui/useForm.ts';
import { draftOf, fieldFrom, isWritable, type Draft as Words, type WritableKind } from '../contacts/draft.ts';
import { ValueFields } from '../contacts/ValueFields.tsx';
import { type Draft, lineOf } from './draft.ts';
import classes from './OwnWord.module.css';

interface HeldValuesProps {
  values: readonly HeldValue[];
  holder: string;
  draft: Draft;
  set: (part: Partial<Draft>) => void;
}

const addable: WritableKind[] = ['phone', 'email', 'title', 'organization', 'address', 'url', 'birthday'];

/** Each value that may be shown: left as it is, corrected, or to be taken away; and new ones. */
export function HeldValues({ values, holder, draft, set }: HeldValuesProps) {
  const [adding, add] = useState<WritableKind | null>(null);
  return (
    <section aria-labelledby="held">
      <h2 id="held" className={classes.title}>
        {t('ownWord.held.title', { holder })}
      </h2>
      <p className={classes.text}>{t(values.length > 0 ? 'ownWord.held.lead' : 'ownWord.held.none')}</p>
      <ul className={classes.values}>
        {values.map((value) => (
          <OneValue key={value.key} value={value} draft={draft} set={set} />
        ))}
        {draft.added.map((field, at) => (
          <li key={`${field.kind} ${lineOf(field)}`} className={classes.value}>
            <div className={classes.said}>
              <span className={classes.quiet}>{t(`contacts.kind.${field.kind}`)}</span>
              <span>
                {lineOf(field)} <em className={classes.mark}>{t('ownWord.held.new')}</em>
              </span>
            </div>
            <Button
              variant="subtle"
              size="compact-md"
              leftSection={<IconTrash size={16} aria-hidden />}
              aria-label={t('ownWord.held.removeOne', { what: lineOf(field) })}
              onClick={() => set({ added: draft.added.filter((_one, place) => place !== at) })}
            >
              {t('ownWord.held.remove')}
            </Button>
          </li>
        ))}
      </ul>
      {adding ? (
        <Typing
          kind={adding}
          start={{}}
          onDone={(field) => {
            if (field) set({ added: [...draft.added, field] });
            add(null);
          }}
        />
      ) : (
        <Menu position="bottom-start" width={220}>
          <Menu.Target>
            <Button variant="subtle" leftSection={<IconPlus size={16} aria-hidden />}>
              {t('ownWord.held.add')}
            </Button>
          </Menu.Target>
          <Menu.Dropdown>
            {addable.map((kind) => (
              <Menu.Item key={kind} onClick={() => add(kind)}>
                {t(`contacts.kind.${kind}`)}
              </Menu.Item>
            ))}
          </Menu.Dropdown>
        </Menu>
      )}
    </section>
  );
}

function OneValue({ value, draft, set }: { value: HeldValue } & Pick<HeldValuesProps, 'draft' | 'set'>) {
  const [editing, edit] = useState(false);
  const { key, kind, display } = value;
  const changed = draft.changed[key];
  const gone = draft.gone.includes(key);
  const { [key]: _mine, ...others } = draft.changed;
  const what = `${t(`contacts.kind.${kind}`)}, ${display}`;
  if (editing && isWritable(kind))
    return (
      <li className={classes.value}>
        <Typing
          kind={kind}
          start={draftOf(changed ?? value)}
          onDone={(field) => {
            if (field) set({ changed: { ...draft.changed, [key]: field } });
            edit(false);
          }}
        />
      </li>
    );
  return (
    <li className={classes.value}>
      <div className={classes.said}>
        <span className={classes.quiet}>{t(`contacts.kind.${kind}`)}</span>
        {changed ? (
          <span>
            {lineOf(changed)} <span className={classes.quiet}>{t('ownWord.held.instead', { before: display })}</span>
          </span>
        ) : (
          <span>
            {gone ? <s>{display}</s> : display} {gone && <em className={classes.mark}>{t('ownWord.held.gone')}</em>}
          </span>
        )}
      </div>
      <div className={classes.acts}>
        {changed || gone ? (
          <Button
            variant="subtle"
            size="compact-md"
            leftSection={<IconArrowBackUp size={16} aria-hidden />}
            aria-label={t('ownWord.held.keepOne', { what })}
            onClick={() => set({ changed: others, gone: draft.gone.filter((one) => one !== key) })}
          >
            {t('ownWord.held.keep')}
          </Button>
        ) : (
          <>
            <Button
              variant="subtle"
              size="compact-md"
              leftSection={<IconPencil size={16} aria-hidden />}
              aria-label={t('ownWord.held.correctOne', { what })}
              onClick={() => edit(true)}
            >
              {t('ownWord.held.correct')}
            </Button>
            {kind !== 'name' && (
              <Button
                variant="subtle"
                color="gray"
                size="compact-md"
                leftSection={<IconTrash size={16} aria-hidden />}
                aria-label={t('ownWord.held.removeOne', { what })}
                onClick={() => set({ gone: [...draft.gone, key] })}
              >
                {t('ownWord.held.remove')}
              </Button>
            )}
          </>
        )}
      </div>
    </li>
  );
}

interface TypingProps {
  kind: WritableKind;
  start: Words;
  onDone: (field: FieldInput | null) => void;
}

/** A value becomes fields where it stands; nothing is sent before the answer is. */
function Typing({ kind, start, onDone }: TypingProps) {
  const form = useForm<Words>(start, async (words) => onDone(fieldFrom(kind, words)));
  return (
    <form
      onSubmit={form.submit}
      noValidate
      className={classes.typing}
      onKeyDown={(event) => event.key === 'Escape' && onDone(null)}
    >
      <ValueFields kind={kind} draft={form.values} set={form.set} problem={form.problem} autoFocus />
      <div className={classes.acts}>
        <Button type="submit" size="sm">
          {t('ownWord.held.done')}
        </Button>
        <Button size="sm" variant="subtle" color="gray" onClick={() => onDone(null)}>
          {t('shell.cancel')}
        </Button>
      </div>
    </form>
  );
}
