cdef dict tapes
cdef object numbers

cpdef int catch_up(long long mark, object looked_at=*) except -1

cpdef int take_over(long long mark) except -1
