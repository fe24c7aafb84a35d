export const breach = (tx: { updateTable(table: string): unknown }, workspaceId: string) =>
  tx.updateTable('cards.view').set({ name: '' }).where('workspace_id', '=', workspaceId).execute();
