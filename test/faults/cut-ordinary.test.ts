import { testCuts } from './cut-apply';

testCuts('an ordinary migration', {
  up: ['ALTER TABLE kept ADD due date', "INSERT INTO did VALUES ('one')"],
  units: ['one'],
  strides: { closes: 1, resets: 3, 'goes silent': 23 },
});
