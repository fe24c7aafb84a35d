import { t } from '../../i18n.ts';
import { Tabs } from '../../ui/Tabs.tsx';

/** The plan as a document, its days, and the ways of customers. */
export function PlanTabs() {
  return (
    <div className="no-print">
      <Tabs
        label={t('plan.title')}
        width="wide"
        tabs={[
          { to: '/plan', label: t('plan.title'), exact: true },
          { to: '/plan/calendar', label: t('plan.calendar') },
          { to: '/plan/journeys', label: t('plan.journeys') },
          { to: '/plan/events', label: t('events.title') },
        ]}
      />
    </div>
  );
}
