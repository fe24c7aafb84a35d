import { t } from '../../i18n.ts';
import { Tabs } from '../../ui/Tabs.tsx';

/** The plan as a document, its days, the ways of customers, gatherings, what is written, and how much people receive. */
export function PlanTabs() {
  return (
    <div className="no-print">
      <Tabs
        label={t('plan.title')}
        width="wide"
        tabs={[
          {
            ...{ to: '/plan', label: t('plan.title'), exact: true },
            over: ['/plan/objectives/', '/plan/programmes/', '/plan/campaigns/'],
          },
          { to: '/plan/calendar', label: t('plan.calendar') },
          { to: '/plan/journeys', label: t('plan.journeys') },
          { to: '/plan/scenarios', label: t('scenarios.title') },
          { to: '/plan/events', label: t('events.title') },
          { to: '/hunts', label: t('hunting.nav') },
          { to: '/plan/content', label: t('content.title') },
          { to: '/plan/pressure', label: t('pressure.nav') },
        ]}
      />
    </div>
  );
}
