import { t } from '../../i18n.ts';
import { Tabs } from '../../ui/Tabs.tsx';
import { PlanTabs } from '../plan/PlanTabs.tsx';

/** What is written, what it is made of, and how the company writes. */
export function ContentTabs() {
  return (
    <>
      <PlanTabs />
      <Tabs
        label={t('content.title')}
        width="wide"
        titled
        tabs={[
          { to: '/plan/content', label: t('content.all'), exact: true },
          { to: '/plan/content/parts', label: t('content.parts.title') },
          { to: '/plan/content/images', label: t('content.images.title') },
          { to: '/plan/content/style', label: t('content.style.title') },
        ]}
      />
    </>
  );
}
