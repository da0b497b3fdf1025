ALTER TABLE dead_letters_rows
    COMMENT COLUMN headers 'The headers of the original message, each value in base64, the values of one that was sent several times with commas between them';
