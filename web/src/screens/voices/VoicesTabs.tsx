import { t } from '../../i18n.ts';
import { Tabs } from '../../ui/Tabs.tsx';

/** The ways to look at what people say. */
export function VoicesTabs() {
  return (
    <Tabs
      label={t('voices.title')}
      width="wide"
      tabs={[
        { to: '/voices', label: t('voices.picture'), exact: true },
        { to: '/voices/weight', label: t('voices.weight') },
        { to: '/voices/decisions', label: t('decisions.title') },
      ]}
    />
  );
}
