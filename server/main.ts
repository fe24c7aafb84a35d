import { keepCompiled } from './kernel/compiled.ts';

keepCompiled();
const { serve } = await import('./serve.ts');
await serve(process.argv.slice(2));
