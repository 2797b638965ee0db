"""Jobs: workflows on uploads, as rows that outlive every process."""
