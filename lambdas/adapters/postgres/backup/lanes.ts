/** Work that several sessions take from one queue. */

/** No more than the server's and our processors can keep busy. */
export const mostLanes = 4;

/**
 * Each lane takes the next piece of work when it has done one. After the first failure no lane begins another, and that failure is
 * thrown when all have ended.
 */
export const runLanes = async <Lane, Work>(
  lanes: readonly Lane[],
  queue: readonly Work[],
  perform: (lane: Lane, work: Work) => Promise<void>,
): Promise<void> => {
  const left = [...queue];
  const failures: unknown[] = [];
  await Promise.all(
    lanes.map(async (lane) => {
      for (let work = left.shift(); work !== undefined && failures.length === 0; work = left.shift())
        try {
          await perform(lane, work);
        } catch (error) {
          failures.push(error);
        }
    }),
  );
  if (failures.length > 0) throw failures[0];
};
