import { NativeSelect, Group as Row, TextInput } from '@mantine/core';
import { type GroupRole, groupRoles } from '../../../../server/relations/contract.ts';
import { t } from '../../i18n.ts';
import type { Form } from '../../ui/useForm.ts';

export interface BelongingDraft {
  role: GroupRole;
  since: string;
  until: string;
  shared: boolean;
}

/** As the server takes it. */
export const saidOf = ({ role, since, until }: BelongingDraft) => ({
  role,
  since: since || null,
  until: until || null,
});

/** As what, from when to when. */
export function BelongingFields({ form }: { form: Form<BelongingDraft> }) {
  const { values, set, problem } = form;
  return (
    <>
      <NativeSelect
        data-autofocus
        label={t('groups.role')}
        value={values.role}
        data={groupRoles.map((value) => ({ value, label: t(`groups.role.${value}`) }))}
        onChange={(event) => set('role', event.currentTarget.value as GroupRole)}
      />
      <Row grow align="flex-start">
        {(['since', 'until'] as const).map((key) => (
          <TextInput
            key={key}
            name={key}
            type="date"
            label={t(`groups.${key}`)}
            value={values[key]}
            error={problem(key)}
            onChange={(event) => set(key, event.currentTarget.value)}
          />
        ))}
      </Row>
    </>
  );
}
