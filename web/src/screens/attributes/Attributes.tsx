import { Badge, Button, Checkbox } from '@mantine/core';
import { IconListDetails, IconPlus } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import type { Attribute } from '../../../../server/attributes/contract.ts';
import { t } from '../../i18n.ts';
import { useMe } from '../../session.ts';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { Lines } from '../../ui/Lines.tsx';
import { Loading } from '../../ui/Loading.tsx';
import { Page } from '../../ui/Page.tsx';
import { AttributeForm } from './AttributeForm.tsx';
import classes from './Attributes.module.css';
import { attributesQuery } from './queries.ts';

/** The data dictionary, to be read like one. */
export function Attributes() {
  const me = useMe();
  const [ended, showEnded] = useState(false);
  const { data, error, refetch } = useQuery(attributesQuery(ended));
  const [making, make] = useState(false);
  const button = me.role === 'admin' && (
    <Button leftSection={<IconPlus size={18} aria-hidden />} onClick={() => make(true)}>
      {t('attributes.new')}
    </Button>
  );
  return (
    <Page title={t('attributes.title')} lead={t('attributes.lead')} width="reading" actions={button || undefined}>
      <ErrorNotice error={error} onRetry={() => void refetch()} />
      {!data && !error && <Loading lines={4} />}
      {data?.items.length === 0 && (
        <EmptyState
          icon={<IconListDetails size={40} stroke={1.4} />}
          title={t('attributes.none')}
          text={t('attributes.none.text')}
        />
      )}
      {data && data.items.length > 0 && (
        <Lines>
          {data.items.map((attribute) => (
            <li key={attribute.id}>
              <Line attribute={attribute} />
            </li>
          ))}
        </Lines>
      )}
      <Checkbox
        mt="md"
        label={t('attributes.showEnded')}
        checked={ended}
        onChange={({ currentTarget }) => showEnded(currentTarget.checked)}
      />
      {making && <AttributeForm onClose={() => make(false)} />}
    </Page>
  );
}

function Line({ attribute }: { attribute: Attribute }) {
  const { id, name, meaning, key, type, sensitivity, endedAt } = attribute;
  return (
    <Link to="/knowledge/attributes/$attributeId" params={{ attributeId: id }} className={classes.line}>
      <strong dir="auto">{name}</strong> <span className={classes.key}>{key}</span>{' '}
      {sensitivity !== 'ordinary' && (
        <Badge color="gray" variant="outline" tt="none">
          {t(`attributes.sensitivity.${sensitivity}`)}
        </Badge>
      )}
      {endedAt && (
        <Badge color="gray" variant="outline" tt="none">
          {t('attributes.ended')}
        </Badge>
      )}
      <p className={classes.quiet}>
        {t(`attributes.type.${type}`)} · {meaning}
      </p>
    </Link>
  );
}
