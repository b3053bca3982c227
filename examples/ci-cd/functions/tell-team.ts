// Tells the team why a commit was not shipped, and puts it into words with which the execution ends.
interface Broken {
  commit: string;
  stage: string;
  problem: { Error: string; Cause: string };
}

export async function handler({ commit, stage, problem }: Broken) {
  const error = problem.Error === 'States.TaskFailed' ? `${stage}Failed` : problem.Error;
  const cause = `Commit ${commit} was not shipped: ${reasonOf(problem)}`;
  console.log(`${error}: ${cause}`);
  return { error, cause };
}

/** The cause of a job that failed is its description as JSON; any other cause is a text. */
function reasonOf({ Error: error, Cause: cause }: Broken['problem']): string {
  try {
    const { Build, StoppedReason, Containers = [] } = JSON.parse(cause);
    if (Build !== undefined) return `build ${Build.Id} ended with ${Build.BuildStatus}.`;
    return `${StoppedReason} (exit code ${Containers[0]?.ExitCode}).`;
  } catch {
    return cause === '' ? `${error}.` : cause;
  }
}
