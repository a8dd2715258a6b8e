// SPDX-License-Identifier: GPL-2.0-or-later
/* The thin C++ side of gbench.h: each function is one call of the library. */

#include <benchmark/benchmark.h>
#include <dlfcn.h>

#include <cctype>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <deque>
#include <map>
#include <new>
#include <sstream>
#include <string>
#include <vector>

#include "gbench.h"

namespace
{

using benchmark::BenchmarkReporter;
using benchmark::Counter;
using benchmark::State;

/* For the reporter: maps the registered name to the caller's argument. */
std::map<std::string, void *> &registry()
{
	static std::map<std::string, void *> names;

	return names;
}

State *state_of(gbench_state *gs)
{
	return reinterpret_cast<State *>(gs);
}

const State *state_of(const gbench_state *gs)
{
	return reinterpret_cast<const State *>(gs);
}

void apply(benchmark::internal::Benchmark *b, const gbench_opts &o)
{
	if (o.clock == GBENCH_MANUAL_TIME)
		b->UseManualTime();
	else if (o.clock == GBENCH_REAL_TIME)
		b->UseRealTime();
	if (o.threads > 1)
		b->Threads(o.threads);
	if (o.repetitions > 0)
		b->Repetitions(o.repetitions);
	if (o.iterations > 0)
		b->Iterations(o.iterations);
	else if (o.min_time > 0)
		b->MinTime(o.min_time);
	if (o.nr_args) {
		std::vector<std::string> names;

		for (size_t i = 0; i < o.nr_args; i++)
			names.push_back(o.arg_names[i] ? o.arg_names[i] : "");
		b->ArgNames(names);
		b->Args(std::vector<int64_t>(o.args, o.args + o.nr_args));
	}
}

template <class Fn> int add(const char *name, void *arg, const gbench_opts *opts, Fn fn)
{
	const gbench_opts o = opts ? *opts : gbench_opts();

	if (!name || !*name || o.nr_args > GBENCH_MAX_ARGS)
		return -EINVAL;
	try {
		if (!registry().emplace(name, arg).second)
			return -EINVAL;
		apply(benchmark::RegisterBenchmark(name, fn), o);
	} catch (const std::bad_alloc &) {
		return -ENOMEM;
	}
	return 0;
}

/* Since 1.8 --benchmark_min_time takes a unit; without one the library warns for each case. */
template <class Run> constexpr auto wants_unit(int) -> decltype(&Run::skip_message, bool())
{
	return true;
}

template <class Run> constexpr bool wants_unit(long)
{
	return false;
}

bool is_time_without_unit(const std::string &arg)
{
	return !arg.rfind("--benchmark_min_time=", 0) &&
	       isdigit(static_cast<unsigned char>(arg.back()));
}

double total_ns(double seconds)
{
	return seconds * 1e9;
}

/*
 * Why a repetition was skipped, or NULL. The library renamed both members in 1.8: the first of
 * these two is for those that have the new names.
 */
template <class Run> auto why_skipped(const Run &r, int) -> decltype(r.skip_message.c_str())
{
	return r.skipped ? r.skip_message.c_str() : nullptr;
}

template <class Run> auto why_skipped(const Run &r, long) -> decltype(r.error_message.c_str())
{
	return r.error_occurred ? r.error_message.c_str() : nullptr;
}

/* Hands each benchmark's repetitions to C; prints nothing. */
class Collector : public BenchmarkReporter
{
      public:
	Collector(gbench_report_fn fn, void *cookie) : fn_(fn), cookie_(cookie)
	{
	}

	bool ReportContext(const Context &) override
	{
		return true;
	}

	void ReportRuns(const std::vector<Run> &reports) override
	{
		std::vector<gbench_repetition> runs;
		std::vector<std::vector<gbench_value>> counters(reports.size());

		for (size_t i = 0; i < reports.size(); i++)
			if (reports[i].run_type == Run::RT_Iteration)
				runs.push_back(convert(reports[i], counters[i]));
		if (!runs.empty())
			fn_(runs.data(), runs.size(), cookie_);
	}

      private:
	static gbench_repetition convert(const Run &r, std::vector<gbench_value> &counters)
	{
		gbench_repetition run = {};
		auto it = registry().find(r.run_name.function_name);

		for (const auto &c : r.counters)
			counters.push_back({ c.first.c_str(), c.second.value });
		run.name = r.run_name.function_name.c_str();
		run.arg = it == registry().end() ? nullptr : it->second;
		run.repetition = r.repetition_index;
		run.iterations = r.iterations;
		run.real_ns = total_ns(r.real_accumulated_time);
		run.cpu_ns = total_ns(r.cpu_accumulated_time);
		run.skipped = why_skipped(r, 0);
		run.counters = counters.data();
		run.nr_counters = counters.size();
		return run;
	}

	gbench_report_fn fn_;
	void *cookie_;
};

} /* namespace */

void gbench_init(int *argc, char **argv)
{
	static std::deque<std::string> kept;

	for (int i = 1; i < *argc && wants_unit<BenchmarkReporter::Run>(0); i++) {
		if (is_time_without_unit(argv[i])) {
			kept.push_back(std::string(argv[i]) + "s");
			argv[i] = &kept.back()[0];
		}
	}
	benchmark::Initialize(argc, argv);
}

int gbench_register(const char *name, gbench_fn fn, void *arg, const struct gbench_opts *opts)
{
	return add(name, arg, opts,
		   [fn, arg](State &st) { fn(reinterpret_cast<gbench_state *>(&st), arg); });
}

int gbench_register_native_empty(const char *name, const struct gbench_opts *opts)
{
	return add(name, nullptr, opts, [](State &st) {
		for (auto _ : st)
			benchmark::ClobberMemory();
	});
}

void gbench_unregister_all(void)
{
	benchmark::ClearRegisteredBenchmarks();
	registry().clear();
}

void gbench_context(const char *key, const char *value)
{
	benchmark::AddCustomContext(key, value);
}

const char *gbench_library_version(void)
{
	static std::string version = "unknown";
	Dl_info info;

	/* 1.7 has no function for it, but the library's file is named libbenchmark.so.VERSION. */
	if (dladdr(reinterpret_cast<void *>(&benchmark::Shutdown), &info) && info.dli_fname) {
		char *path = realpath(info.dli_fname, nullptr);
		const char *so = path ? strstr(path, ".so.") : nullptr;

		if (so)
			version = so + 4;
		free(path);
	}
	return version.c_str();
}

bool gbench_library_is_debug(void)
{
	BenchmarkReporter::Context context;
	std::ostringstream text;

	/* Only the header of the library's own output tells whether it is a debug build. */
	BenchmarkReporter::PrintBasicContext(&text, context);
	return text.str().find("built as DEBUG") != std::string::npos;
}

int64_t gbench_max_iterations(const struct gbench_state *gs)
{
	return state_of(gs)->max_iterations;
}

bool gbench_keep_running_batch(struct gbench_state *gs, int64_t n)
{
	return state_of(gs)->KeepRunningBatch(n);
}

void gbench_pause(struct gbench_state *gs)
{
	state_of(gs)->PauseTiming();
}

void gbench_resume(struct gbench_state *gs)
{
	state_of(gs)->ResumeTiming();
}

void gbench_set_manual_ns(struct gbench_state *gs, double ns)
{
	state_of(gs)->SetIterationTime(ns / 1e9);
}

void gbench_skip(struct gbench_state *gs, const char *why)
{
	State *st = state_of(gs);

	/* The library aborts when one repetition of several has no iterations. */
	if (!st->iterations() && !st->error_occurred())
		st->KeepRunningBatch(st->max_iterations);
	st->SkipWithError(why);
}

void gbench_counter(struct gbench_state *gs, const char *name, double value,
		    enum gbench_counter kind)
{
	Counter::Flags flags = Counter::kDefaults;

	if (kind == GBENCH_PER_ITERATION)
		flags = Counter::kAvgIterations;
	else if (kind == GBENCH_RATE)
		flags = Counter::kIsRate;
	state_of(gs)->counters[name] = Counter(value, flags);
}

int gbench_thread(const struct gbench_state *gs)
{
	return state_of(gs)->thread_index();
}

int gbench_threads(const struct gbench_state *gs)
{
	return state_of(gs)->threads();
}

int64_t gbench_arg(const struct gbench_state *gs, size_t i)
{
	return state_of(gs)->range(i);
}

size_t gbench_count(void)
{
	char name[] = "bench", on[] = "--benchmark_list_tests=true",
	     off[] = "--benchmark_list_tests=false";
	char *list[] = { name, on, nullptr }, *run[] = { name, off, nullptr };
	int nr_list = 2, nr_run = 2;
	std::ostringstream nowhere;
	Collector collector(nullptr, nullptr);
	size_t nr;

	collector.SetOutputStream(&nowhere);
	collector.SetErrorStream(&nowhere);
	benchmark::Initialize(&nr_list, list);
	nr = benchmark::RunSpecifiedBenchmarks(&collector);
	benchmark::Initialize(&nr_run, run);
	return nr;
}

size_t gbench_run(gbench_report_fn report, void *cookie)
{
	if (!report)
		return benchmark::RunSpecifiedBenchmarks();
	Collector collector(report, cookie);

	return benchmark::RunSpecifiedBenchmarks(&collector);
}
