// A moment as a clock on the wall shows it: what chat templates write into prompts.
#pragma once

namespace inference {

struct DateTime
{
    int year = 1970, month = 1, day = 1, hour = 0, minute = 0, second = 0; // month and day count from 1
};

// Now, in the time zone of this machine. Any thread. The program asks at its edge and passes the answer on.
DateTime localTime();

} // namespace inference
