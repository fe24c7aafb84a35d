import { t } from '../../i18n.ts';
import { Tabs } from '../../ui/Tabs.tsx';

/** What people say to us: in conversations, asked, about deals, among themselves. */
export function VoicesTabs() {
  return (
    <Tabs
      label={t('voices.title')}
      width="wide"
      tabs={[
        { to: '/voices', label: t('voices.picture'), exact: true },
        { to: '/voices/weight', label: t('voices.weight') },
        { to: '/voices/decisions', label: t('decisions.title') },
        { to: '/voices/surveys', label: t('surveys.title') },
        { to: '/voices/community', label: t('community.title') },
        { to: '/opportunities/outcomes', label: t('interviews.why') },
      ]}
    />
  );
}
