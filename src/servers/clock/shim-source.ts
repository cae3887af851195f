/** How a server process finds its shim's file. */
export const OFFSET_VARIABLE = 'HOTBED_SERVER_CLOCK'

/**
 * What stands before the C library's clock in a server process: the time of day, ahead by as many milliseconds as a file says. The file is
 * mapped, so that every process of the server sees a jump at once, and those that are forked later see it too.
 *
 * The kernel is asked directly: what the library itself would do first (find its own function, allocate) is not allowed in a signal
 * handler, nor before an allocator has started. Clocks that count from the machine's start are left alone, because waits are measured by them.
 */
export const SHIM_SOURCE: string = `#define _GNU_SOURCE
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

static const int64_t nothing = 0;
static const volatile int64_t *ahead = &nothing;

__attribute__((constructor)) static void map_offset(void)
{
	const char *path = getenv("${OFFSET_VARIABLE}");
	int file = path ? open(path, O_RDONLY | O_CLOEXEC) : -1;
	if (file < 0)
		return;
	void *mapped = mmap(0, sizeof(int64_t), PROT_READ, MAP_SHARED, file, 0);
	if (mapped != MAP_FAILED)
		ahead = mapped;
	close(file);
}

int clock_gettime(clockid_t clock, struct timespec *now)
{
	long failed = syscall(SYS_clock_gettime, clock, now);
	if (!failed && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE)) {
		int64_t milliseconds = *ahead;
		int64_t nanoseconds = now->tv_nsec + milliseconds % 1000 * 1000000;
		now->tv_sec += milliseconds / 1000 + nanoseconds / 1000000000;
		now->tv_nsec = nanoseconds % 1000000000;
	}
	return failed;
}

int gettimeofday(struct timeval *restrict now, void *restrict zone)
{
	struct timespec precise;
	(void)zone;
	int failed = clock_gettime(CLOCK_REALTIME, &precise);
	now->tv_sec = precise.tv_sec;
	now->tv_usec = precise.tv_nsec / 1000;
	return failed;
}

time_t time(time_t *now)
{
	struct timespec precise;
	clock_gettime(CLOCK_REALTIME, &precise);
	if (now)
		*now = precise.tv_sec;
	return precise.tv_sec;
}
`
