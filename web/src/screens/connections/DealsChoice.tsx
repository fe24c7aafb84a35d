import { Checkbox, NativeSelect } from '@mantine/core';
import { t } from '../../i18n.ts';
import { VisibilityChoice } from '../opportunities/OpportunityEditor.tsx';
import { commonCurrencies } from '../opportunities/words.ts';

/** Nothing of deals unless that is chosen. */
export const noDeals = { withDeals: false, visibility: 'owner', currency: 'EUR' };
type Chosen = typeof noDeals;

interface DealsChoiceProps {
  values: Chosen;
  set: { (name: 'withDeals', value: boolean): void; (name: 'visibility' | 'currency', value: string): void };
  problem: (name: 'visibility' | 'currency') => string | undefined;
}

/** Whether deals come too, for whom, and what their amounts are in where they do not say. */
export function DealsChoice({ values, set, problem }: DealsChoiceProps) {
  return (
    <>
      <Checkbox
        label={t('connections.deals')}
        description={t('connections.dealsText')}
        checked={values.withDeals}
        onChange={(event) => set('withDeals', event.currentTarget.checked)}
      />
      {values.withDeals && (
        <>
          <VisibilityChoice
            mineOnly
            label={t('connections.dealsVisibility')}
            value={values.visibility}
            error={problem('visibility')}
            onChange={(visibility) => set('visibility', visibility)}
          />
          <NativeSelect
            label={t('connections.dealsCurrency')}
            value={values.currency}
            error={problem('currency')}
            data={[...commonCurrencies]}
            onChange={(event) => set('currency', event.currentTarget.value)}
          />
        </>
      )}
    </>
  );
}
