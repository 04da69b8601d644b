import { testCuts } from './cut-apply';

testCuts('a migration of three units', {
  up: [
    'ALTER TABLE kept ADD due date',
    "INSERT INTO did VALUES ('one')",
    'CREATE INDEX CONCURRENTLY two ON kept (note)',
    "INSERT INTO did VALUES ('three')",
  ],
  units: ['one', 'three', 'two'],
  strides: { closes: 6, resets: 18, 'goes silent': 276 },
});
