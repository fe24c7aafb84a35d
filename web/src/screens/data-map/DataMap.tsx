import { SegmentedControl } from '@mantine/core';
import { IconMap2 } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { getMyMap } from '../../../../server/data-map/contract.ts';
import { t } from '../../i18n.ts';
import { reading } from '../../queries.ts';
import { useMe } from '../../session.ts';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { Loading } from '../../ui/Loading.tsx';
import { ButtonLink } from '../../ui/links.tsx';
import { Page } from '../../ui/Page.tsx';
import { MyMap } from './MyMap.tsx';
import { SystemsMap } from './SystemsMap.tsx';
import { WorkspaceMap } from './WorkspaceMap.tsx';

type Whose = 'mine' | 'systems' | 'ofWorkspace';
const leads = { mine: 'dataMap.lead', systems: 'dataMap.systemsLead', ofWorkspace: 'dataMap.workspaceLead' } as const;

/** Where contacts come from and where they go: mine by what I see; the company's in rounded numbers, for who oversees. */
export function DataMap() {
  const { role } = useMe();
  const [whose, setWhose] = useState<Whose>('mine');
  const oversees = role === 'admin' || role === 'auditor';
  return (
    <Page
      title={t('dataMap.title')}
      lead={t(leads[whose])}
      actions={
        <SegmentedControl
          aria-label={t('dataMap.whose')}
          value={whose}
          onChange={(next) => setWhose(next as Whose)}
          data={[
            { value: 'mine', label: t('dataMap.mine') },
            { value: 'systems', label: t('dataMap.systems') },
            ...(oversees ? [{ value: 'ofWorkspace', label: t('dataMap.ofWorkspace') }] : []),
          ]}
        />
      }
    >
      {whose === 'mine' ? <Mine /> : whose === 'systems' ? <SystemsMap /> : <WorkspaceMap />}
    </Page>
  );
}

function Mine() {
  const { data, error, refetch } = useQuery(reading(getMyMap, {}));
  if (!data) return error ? <ErrorNotice error={error} onRetry={() => void refetch()} /> : <Loading lines={6} />;
  if (data.sources.length === 0)
    return (
      <EmptyState
        icon={<IconMap2 />}
        title={t('dataMap.none')}
        text={t('dataMap.noneText')}
        action={<ButtonLink to="/imports">{t('dataMap.bring')}</ButtonLink>}
      />
    );
  return <MyMap map={data} />;
}
