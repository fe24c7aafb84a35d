import type { Charter } from '../../../../server/charter/contract.ts';
import { t } from '../../i18n.ts';

/** The switches of a charter, as sentences. */
export function RulesInWords({ charter: { least, onLeaving, naming } }: { charter: Charter }) {
  return (
    <p>
      {t('charter.least')} {t(`charter.least.${least}`)}. {t('charter.onLeaving')} {t(`charter.onLeaving.${onLeaving}`)}
      . {t('charter.naming')} {t(`charter.naming.${naming}`)}.
    </p>
  );
}
