//! One test for each trap in the text.
