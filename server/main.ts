import { keepCompiled } from './kernel/compiled.ts';
import { keepSmall } from './kernel/memory.ts';

keepSmall();
keepCompiled();
const { serve } = await import('./serve.ts');
await serve(process.argv.slice(2));
