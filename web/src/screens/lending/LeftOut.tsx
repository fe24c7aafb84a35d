import { t } from '../../i18n.ts';
import { type FieldGroup, groups } from './draft.ts';
import classes from './Lending.module.css';

/** The fields that stay with the holder, one press each. */
export function LeftOut({ except, onChange }: { except: FieldGroup[]; onChange: (except: FieldGroup[]) => void }) {
  return (
    <fieldset className={classes.fields}>
      <legend>{t('lending.without')}</legend>
      {groups.map((group) => {
        const out = except.includes(group);
        return (
          <label key={group} className={classes.field} data-out={out}>
            <input
              type="checkbox"
              checked={out}
              onChange={() => onChange(out ? except.filter((one) => one !== group) : [...except, group])}
            />
            {t(`grant.field.${group}`)}
          </label>
        );
      })}
    </fieldset>
  );
}
