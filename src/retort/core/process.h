// SPDX-License-Identifier: MIT
#pragma once

namespace retort {

/// Sets the allocator to what training asks of it: every step allocates and frees the same hundreds of
/// megabytes. By default each of these blocks is mapped anew, and its pages are zeroed by the kernel at first
/// touch, step after step; here memory stays with the process. Huge pages (THP_MEM_ALLOC_ENABLE=1) were no
/// quicker then, and took a quarter more memory. Call first in main; variables that the user set
/// (MALLOC_...) are heard.
void tune_process();

}  // namespace retort
