import { Checkbox, TextInput } from '@mantine/core';
import type { HeldValue } from '../../../../server/self-update/contract.ts';
import { t } from '../../i18n.ts';
import { type Draft, isOfWork } from './draft.ts';
import classes from './OwnWord.module.css';

interface HasLeftProps {
  values: readonly HeldValue[];
  holder: string;
  draft: Draft;
  set: (part: Partial<Draft>) => void;
}

const words = ['name', 'title', 'email', 'phone'] as const;
const types: Partial<Record<(typeof words)[number], string>> = { email: 'email', phone: 'tel' };

/** "I have left, here is my successor": marks what went with the work, and names who took over. */
export function HasLeft({ values, holder, draft, set }: HasLeftProps) {
  if (!values.some(isOfWork)) return null;
  const ofWork = values.filter(isOfWork).map(({ key }) => key);
  const leave = (left: boolean) => {
    const others = draft.gone.filter((key) => !ofWork.includes(key));
    set({ left, gone: left ? [...others, ...ofWork.filter((key) => !draft.changed[key])] : others });
  };
  return (
    <section className={classes.left}>
      <Checkbox
        checked={draft.left}
        onChange={(event) => leave(event.currentTarget.checked)}
        label={t('ownWord.left.check')}
        description={t('ownWord.left.hint')}
      />
      {draft.left && (
        <fieldset className={classes.successor}>
          <legend>{t('ownWord.left.successor')}</legend>
          <p className={classes.quiet}>{t('ownWord.left.successorHint', { holder })}</p>
          <div className={classes.pair}>
            {words.map((word) => (
              <TextInput
                key={word}
                label={t(`ownWord.left.${word}`)}
                type={types[word] ?? 'text'}
                maxLength={word === 'phone' ? 50 : 200}
                value={draft.successor[word]}
                onChange={(event) => set({ successor: { ...draft.successor, [word]: event.currentTarget.value } })}
              />
            ))}
          </div>
        </fieldset>
      )}
    </section>
  );
}
