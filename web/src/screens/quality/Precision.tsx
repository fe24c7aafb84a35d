import { useMutation } from '@tanstack/react-query';
import { getHealth, updatePrecision } from '../../../../server/matching/contract.ts';
import { call } from '../../api.ts';
import { number } from '../../format.ts';
import { t } from '../../i18n.ts';
import { refresh } from '../../queries.ts';
import { useMe } from '../../session.ts';
import { BlankChoice } from '../../ui/Blank.tsx';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { Sentence } from '../../ui/Sentence.tsx';
import { offerUndo } from '../../ui/undo.tsx';
import classes from './Health.module.css';

const choices = [0.1, 0.5, 1, 2, 5, 10, 20];

/** How sure the machine must be before it links without asking: a sentence, with a blank for those who may fill it. */
export function Precision({ value }: { value: number }) {
  const admin = useMe().role === 'admin';
  const set = async (wrongPerThousand: number) => {
    await call(updatePrecision, { wrongPerThousand });
    await refresh(getHealth);
  };
  const change = useMutation({
    mutationFn: async (next: number) => {
      await set(next);
      offerUndo(t('quality.precision.changed'), () => set(value));
    },
  });
  const blank = admin ? (
    <BlankChoice
      label={t('quality.precision.label')}
      value={String(value)}
      choices={[...new Set([...choices, value])]
        .sort((one, other) => one - other)
        .map((one) => ({ value: String(one), label: number(one) }))}
      onChange={(next) => change.mutate(Number(next))}
    />
  ) : (
    <strong>{number(value)}</strong>
  );
  return (
    <>
      <p className={classes.sentence}>
        <Sentence of="quality.precision" blanks={{ wrong: blank }} />
      </p>
      <p className={classes.quiet}>{t('quality.precision.lead')}</p>
      <ErrorNotice error={change.error} />
    </>
  );
}
