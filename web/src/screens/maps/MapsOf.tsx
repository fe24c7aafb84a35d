import { Group } from '@mantine/core';
import { IconHierarchy2, IconTopologyStar3 } from '@tabler/icons-react';
import { t } from '../../i18n.ts';
import { ButtonLink } from '../../ui/links.tsx';

/** From an organisation to its org chart and its power maps. */
export function MapsOf({ personId }: { personId: string }) {
  return (
    <Group gap="xs" my="md" className="no-print">
      <ButtonLink
        to="/people/$personId/chart"
        params={{ personId }}
        variant="default"
        leftSection={<IconHierarchy2 size={18} aria-hidden />}
      >
        {t('maps.chart')}
      </ButtonLink>
      <ButtonLink
        to="/people/$personId/maps"
        params={{ personId }}
        variant="default"
        leftSection={<IconTopologyStar3 size={18} aria-hidden />}
      >
        {t('maps.maps')}
      </ButtonLink>
    </Group>
  );
}
