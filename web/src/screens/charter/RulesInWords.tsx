import type { Charter } from '../../../../server/charter/contract.ts';
import { t } from '../../i18n.ts';

/** The switches of a charter, as sentences. */
export function RulesInWords({ charter: { least, onLeaving, naming } }: { charter: Charter }) {
  return (
    <p>
      {least === 'nothing' ? t('charter.free') : `${t('charter.least')} ${t(`charter.least.${least}`)}.`}{' '}
      {`${t('charter.onLeaving')} ${t(`charter.onLeaving.${onLeaving}`)}.`}
      {naming !== 'as_typed' && ` ${t('charter.naming')} ${t(`charter.naming.${naming}`)}.`}
    </p>
  );
}
