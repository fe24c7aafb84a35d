import { Checkbox } from '@mantine/core';
import { purpose as allPurposes } from '../../../../server/delegation/contract.ts';
import type { Preference } from '../../../../server/self-update/contract.ts';
import { t } from '../../i18n.ts';
import type { Draft } from './draft.ts';
import classes from './OwnWord.module.css';

interface WishesProps {
  preferences: readonly Preference[];
  workspace: string;
  draft: Draft;
  set: (part: Partial<Draft>) => void;
}

/** What somebody may be written to for, address by address. */
export function Wishes({ preferences, workspace, draft, set }: WishesProps) {
  return (
    <section aria-labelledby="wishes">
      <h2 id="wishes" className={classes.title}>
        {t('ownWord.wishes.title')}
      </h2>
      <p className={classes.text}>{t('ownWord.wishes.lead', { workspace })}</p>
      {preferences.map((preference) => {
        const { key, channel, display } = preference;
        const wanted = draft.wishes[key] ?? preference.purposes;
        const choose = (purpose: Preference['purposes'][number], on: boolean) =>
          set({
            wishes: { ...draft.wishes, [key]: on ? [...wanted, purpose] : wanted.filter((one) => one !== purpose) },
          });
        return (
          <fieldset key={key} className={classes.wishes}>
            <legend>{t(`ownWord.wishes.${channel}`, { address: display })}</legend>
            {channel === 'phone' ? (
              <Checkbox
                label={t('ownWord.wishes.calls')}
                checked={wanted.length > 0}
                onChange={(event) => choose('service', event.currentTarget.checked)}
              />
            ) : (
              allPurposes.options.map((purpose) => (
                <Checkbox
                  key={purpose}
                  label={t(`ownWord.wishes.${purpose}`)}
                  checked={wanted.includes(purpose)}
                  onChange={(event) => choose(purpose, event.currentTarget.checked)}
                />
              ))
            )}
            {channel === 'email' && wanted.length === 0 && (
              <p className={classes.quiet} role="status">
                {t('ownWord.wishes.nothing')}
              </p>
            )}
          </fieldset>
        );
      })}
    </section>
  );
}
