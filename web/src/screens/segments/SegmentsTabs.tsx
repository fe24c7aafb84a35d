import { t } from '../../i18n.ts';
import { Tabs } from '../../ui/Tabs.tsx';

/** Who is meant, what is computed of them, and where they stand. */
export function SegmentsTabs() {
  return (
    <Tabs
      label={t('segments.title')}
      width="reading"
      tabs={[
        { to: '/knowledge/segments', label: t('segments.title'), exact: true },
        { to: '/knowledge/segments/comparison', label: t('segments.compare') },
        { to: '/knowledge/measures', label: t('segments.measures.title') },
        { to: '/knowledge/stages', label: t('segments.stages.title') },
      ]}
    />
  );
}
