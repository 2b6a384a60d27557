// Loaded into a daemon before anything else, it makes the time of day later by so many seconds as CAVEAT_TEST_LATER says.
// Clocks that only measure how long something takes are left alone.
#include <stdlib.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

int clock_gettime(clockid_t clock, struct timespec *time) {
    static const char *later;
    if (!later) later = getenv("CAVEAT_TEST_LATER");
    int answer = (int)syscall(SYS_clock_gettime, clock, time);
    if (answer == 0 && clock == CLOCK_REALTIME && later) time->tv_sec += atol(later);
    return answer;
}
