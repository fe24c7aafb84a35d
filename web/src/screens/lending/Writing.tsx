import { purpose as purposes } from '../../../../server/delegation/contract.ts';
import { t } from '../../i18n.ts';
import { BlankChoice, BlankNumber } from '../../ui/Blank.tsx';
import { Sentence } from '../../ui/Sentence.tsx';
import type { Draft } from './draft.ts';
import classes from './Lending.module.css';

interface WritingProps {
  draft: Draft;
  set: <K extends keyof Draft>(name: K, value: Draft[K]) => void;
}

/** Whether the contacts may be written to; then what for, and how often. */
export function Writing({ draft, set }: WritingProps) {
  const { contact, quota } = draft;
  const may = (
    <BlankChoice
      label={t('lending.blank.writing')}
      value={contact ? 'yes' : 'no'}
      choices={(['no', 'yes'] as const).map((value) => ({ value, label: t(`lending.writing.${value}`) }))}
      onChange={(value) => set('contact', value === 'yes')}
    />
  );
  const often = (
    <BlankChoice
      label={t('lending.blank.limit')}
      value={quota === null ? 'none' : quota.each ? 'each' : 'all'}
      choices={(['none', 'each', 'all'] as const).map((value) => ({ value, label: t(`lending.limit.${value}`) }))}
      onChange={(value) =>
        set('quota', value === 'none' ? null : { count: 2, period: 'month', ...quota, each: value === 'each' })
      }
    />
  );
  return (
    <>
      <p className={classes.sentence}>
        <Sentence of={contact ? 'lending.writes' : 'lending.writesNot'} blanks={{ may, often }} />{' '}
        {contact && quota !== null && <Limit quota={quota} onChange={(changed) => set('quota', changed)} />}
      </p>
      {contact && <Purposes chosen={draft.purposes} onChange={(chosen) => set('purposes', chosen)} />}
    </>
  );
}

type Quota = NonNullable<Draft['quota']>;

function Limit({ quota, onChange }: { quota: Quota; onChange: (quota: Quota) => void }) {
  return (
    <Sentence
      of="lending.limit"
      blanks={{
        count: (
          <BlankNumber
            label={t('lending.blank.count')}
            value={quota.count}
            onChange={(count) => onChange({ ...quota, count })}
          />
        ),
        period: (
          <BlankChoice
            label={t('lending.blank.period')}
            value={quota.period}
            choices={(['day', 'week', 'month', 'year'] as const).map((value) => ({
              value,
              label: t(`lending.period.${value}`),
            }))}
            onChange={(period) => onChange({ ...quota, period: period as Quota['period'] })}
          />
        ),
      }}
    />
  );
}

/** What they may be written to for; none pressed: whatever for. */
function Purposes({ chosen, onChange }: { chosen: Draft['purposes']; onChange: (chosen: Draft['purposes']) => void }) {
  return (
    <fieldset className={classes.fields}>
      <legend>{t('lending.purposes')}</legend>
      {purposes.options.map((purpose) => {
        const on = chosen.includes(purpose);
        return (
          <label key={purpose} className={classes.field} data-in={on}>
            <input
              type="checkbox"
              checked={on}
              onChange={() => onChange(on ? chosen.filter((one) => one !== purpose) : [...chosen, purpose])}
            />
            {t(`grant.purpose.${purpose}`)}
          </label>
        );
      })}
    </fieldset>
  );
}
