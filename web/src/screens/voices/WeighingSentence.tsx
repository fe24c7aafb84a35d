import { Button, Group } from '@mantine/core';
import { useState } from 'react';
import { setWeighing, type Weighing } from '../../../../server/voices/contract.ts';
import { call } from '../../api.ts';
import { number } from '../../format.ts';
import { t } from '../../i18n.ts';
import { BlankText } from '../../ui/Blank.tsx';
import { Section } from '../../ui/Section.tsx';
import { Sentence } from '../../ui/Sentence.tsx';
import { offerUndo, sayError } from '../../ui/undo.tsx';
import { refreshWeights } from './queries.ts';

const parts = ['person', 'account', 'thousand'] as const;

/** What counts how much, as a sentence that admins fill in. */
export function WeighingSentence({ weighing, admin }: { weighing: Weighing; admin: boolean }) {
  const [typed, type] = useState<Record<string, string>>({});
  const said = Object.fromEntries(
    parts.map((part) => [part, Number((typed[part] ?? String(weighing[part])).replace(',', '.'))]),
  ) as Record<(typeof parts)[number], number>;
  const currency = (typed.currency ?? weighing.currency).toUpperCase();
  const sound = parts.every((part) => said[part] >= 0 && said[part] <= 1000) && /^[A-Z]{3}$/.test(currency);
  const keep = async () => {
    try {
      await call(setWeighing, { ...said, currency });
      type({});
      await refreshWeights();
      offerUndo(t('voices.weighing.saved'), async () => {
        await call(setWeighing, weighing);
        await refreshWeights();
      });
    } catch (error) {
      sayError(error);
    }
  };
  const blank = (part: (typeof parts)[number] | 'currency') =>
    admin ? (
      <BlankText
        label={t(`voices.weighing.${part}`)}
        value={typed[part] ?? (part === 'currency' ? currency : number(weighing[part]))}
        onChange={(value) => type({ ...typed, [part]: value })}
        onDone={() => {}}
      />
    ) : (
      <strong>{part === 'currency' ? currency : number(weighing[part])}</strong>
    );
  return (
    <Section title={t('voices.weighing')}>
      <p>
        <Sentence
          of="voices.weighing.sentence"
          blanks={{
            ...{ person: blank('person'), account: blank('account') },
            ...{ thousand: blank('thousand'), currency: blank('currency') },
          }}
        />
      </p>
      {admin && Object.keys(typed).length > 0 && (
        <Group gap="xs">
          <Button disabled={!sound} onClick={() => void keep()}>
            {t('shell.save')}
          </Button>
          <Button variant="subtle" color="gray" onClick={() => type({})}>
            {t('shell.cancel')}
          </Button>
        </Group>
      )}
    </Section>
  );
}
