import { Button, Checkbox, Fieldset, Modal, NativeSelect, Stack, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { listBooks } from '../../../../server/delegation/contract.ts';
import {
  type ChosenEvent,
  changeEndpoint,
  chosenEvents,
  createEndpoint,
  type Endpoint,
  type granteeKinds,
  listEndpoints,
  narrowedBy,
  type WithSecret,
} from '../../../../server/distribution/contract.ts';
import { listKinds } from '../../../../server/facts/contract.ts';
import { listStages } from '../../../../server/opportunities/contract.ts';
import { listSegments } from '../../../../server/segments/contract.ts';
import { call } from '../../api.ts';
import { t } from '../../i18n.ts';
import { reading, refresh } from '../../queries.ts';
import { useMe } from '../../session.ts';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { ManyChoice } from '../../ui/ManyChoice.tsx';
import { say } from '../../ui/undo.tsx';
import { useForm } from '../../ui/useForm.ts';
import { stageName } from '../opportunities/words.ts';
import { useGrantees } from './useGrantees.ts';
import classes from './Webhooks.module.css';
import { nameOf } from './words.ts';

interface Props {
  /** The one that is changed; without one another is made. */
  endpoint?: Endpoint;
  onClose: () => void;
  onMade: (made: WithSecret) => void;
}

type Chosen = Partial<Record<ChosenEvent, string[]>>;
type Narrowing = (typeof narrowedBy)[ChosenEvent];

/** What an event can be narrowed by, as one chooses it. */
function useChoices(): Record<Narrowing, { value: string; label: string }[]> {
  const books = useQuery(reading(listBooks, {})).data?.items ?? [];
  const kinds = useQuery(reading(listKinds, {})).data?.items ?? [];
  const segments = useQuery(reading(listSegments, {})).data?.items ?? [];
  const stages = useQuery(reading(listStages, {})).data?.items ?? [];
  return {
    book: books.map(({ id, name }) => ({ value: id, label: name })),
    kind: kinds.map(({ key, name }) => ({ value: key, label: name })),
    segment: segments.map(({ id, name }) => ({ value: id, label: name })),
    stage: stages.map((stage) => ({ value: stage.id, label: stageName(stage) })),
  };
}

export function EndpointForm({ endpoint, onClose, onMade }: Props) {
  const { memberId } = useMe();
  const grantees = useGrantees();
  const before: Chosen = Object.fromEntries(endpoint?.events.map(({ event, only }) => [event, only ?? []]) ?? []);
  const initial = { name: endpoint?.name ?? '', url: endpoint?.url ?? 'https://', events: before };
  const form = useForm({ ...initial, grantee: `member ${memberId}` }, async ({ name, url, events, grantee }) => {
    const wanted = chosenEvents.flatMap((event) => {
      const only = events[event];
      return only ? [{ event, only: only.length > 0 ? only : null }] : [];
    });
    if (endpoint) {
      await call(changeEndpoint, { endpointId: endpoint.id, name, url, events: wanted });
      say(t('webhooks.changed'));
    } else {
      const [granteeKind, granteeId] = grantee.split(' ') as [(typeof granteeKinds)[number], string];
      onMade(await call(createEndpoint, { name, url, events: wanted, granteeKind, granteeId }));
    }
    await refresh(listEndpoints);
    onClose();
  });
  const { values, set, problem } = form;
  return (
    <Modal
      opened
      onClose={onClose}
      title={endpoint ? endpoint.name : t('webhooks.new')}
      closeButtonProps={{ 'aria-label': t('shell.close') }}
    >
      <form onSubmit={form.submit} noValidate>
        <Stack>
          <TextInput
            data-autofocus
            name="name"
            label={t('webhooks.name')}
            placeholder={t('webhooks.example')}
            required
            withAsterisk={false}
            maxLength={100}
            value={values.name}
            error={problem('name')}
            onChange={(event) => set('name', event.currentTarget.value)}
          />
          <TextInput
            name="url"
            type="url"
            label={t('webhooks.address')}
            description={t('webhooks.addressHint')}
            required
            withAsterisk={false}
            maxLength={2000}
            value={values.url}
            error={problem('url')}
            onChange={(event) => set('url', event.currentTarget.value)}
          />
          {!endpoint && (
            <NativeSelect
              label={t('webhooks.grantee')}
              description={t('webhooks.granteeText')}
              value={values.grantee}
              onChange={(event) => set('grantee', event.currentTarget.value)}
              data={grantees}
            />
          )}
          <Events chosen={values.events} onChange={(events) => set('events', events)} />
          <ErrorNotice error={form.error} />
          <Button type="submit" loading={form.sending} disabled={Object.keys(values.events).length === 0}>
            {t(endpoint ? 'webhooks.save' : 'webhooks.create')}
          </Button>
        </Stack>
      </form>
    </Modal>
  );
}

/** The events, each with what it is narrowed by. */
function Events({ chosen, onChange }: { chosen: Chosen; onChange: (chosen: Chosen) => void }) {
  const choices = useChoices();
  return (
    <Fieldset legend={t('webhooks.events')}>
      <Stack gap="xs">
        {chosenEvents.map((event) => {
          const only = chosen[event];
          const { [event]: _dropped, ...others } = chosen;
          const by = narrowedBy[event];
          return (
            <div key={event} className={classes.choice}>
              <Checkbox
                label={nameOf(event)}
                checked={only !== undefined}
                onChange={({ currentTarget }) => onChange(currentTarget.checked ? { ...chosen, [event]: [] } : others)}
              />
              {only && choices[by].length > 0 && (
                <ManyChoice
                  className={classes.narrow ?? ''}
                  aria-label={`${nameOf(event)} – ${t(`webhooks.only.${by}`)}`}
                  placeholder={only.length > 0 ? '' : t(`webhooks.only.${by}`)}
                  data={choices[by]}
                  value={only}
                  onChange={(next) => onChange({ ...chosen, [event]: next })}
                  searchable
                />
              )}
            </div>
          );
        })}
        <p className={classes.quiet}>{t('webhooks.eventsAlways')}</p>
      </Stack>
    </Fieldset>
  );
}
